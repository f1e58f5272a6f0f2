import { z } from "zod";
import { callJson } from "../shared/http-call.ts";
import { callWebSocket } from "../shared/websocket-call.ts";

const agentsSchema = z.object({ agents: z.array(z.object({ name: z.string() })).min(1) });
const runSchema = z.object({ eventId: z.string(), agent: z.string(), answer: z.string() });
const eventSchema = z.object({ id: z.string(), agent: z.string(), answer: z.string() });

/** What the frontend asks of the backend. */
export interface Backend {
  agents(token: string): Promise<readonly string[]>;
  run(token: string, agent: string, input: string): Promise<z.infer<typeof runSchema>>;
  event(token: string, id: string): Promise<z.infer<typeof eventSchema>>;
  ping(token: string): Promise<void>;
}

export function createBackend(url: string): Backend {
  const at = (path: string) => new URL(path, url).href;
  return {
    async agents(token) {
      const { agents } = await callJson("backend", at("/agents"), agentsSchema, { token });
      return agents.map(({ name }) => name);
    },
    async run(token, agent, input) {
      const path = `/agents/${encodeURIComponent(agent)}/run`;
      return callJson("backend", at(path), runSchema, { method: "POST", token, json: { input } });
    },
    event: (token, id) =>
      callJson("backend", at(`/events/${encodeURIComponent(id)}`), eventSchema, { token }),
    async ping(token) {
      const websocketUrl = at("/ws").replace(/^http/, "ws");
      await callWebSocket("backend", websocketUrl, { token, send: { type: "ping" }, answer: "pong" });
    },
  };
}

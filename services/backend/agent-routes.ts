import type { FastifyInstance } from "fastify";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Initialisation } from "../shared/initialisation.ts";
import { type TokenVerifier, bearerToken } from "../shared/token-verifier.ts";
import type { AgentRegistry } from "./agent-registry.ts";
import type { AnswerChannel } from "./answer-channel.ts";
import { type AgentEvent, type EventStore, isEventId } from "./event-store.ts";

interface AgentParts {
  readonly initialisation: Initialisation;
  readonly tokens: TokenVerifier;
  readonly agents: AgentRegistry;
  readonly events: EventStore;
  readonly answers: AnswerChannel;
}

const runSchema = z.object({ input: z.string().min(1).max(10_000) });

/** The API: agents that answer, and what they answered. */
export function agentRoutes(server: FastifyInstance, parts: AgentParts): void {
  const { initialisation, tokens, agents, events, answers } = parts;

  server.get("/agents", async (request) => {
    initialisation.assertDone();
    await tokens.verify(bearerToken(request.headers.authorization), "agents:run");
    return { agents: agents.list().map(({ name, description }) => ({ name, description })) };
  });

  server.post<{ Params: { name: string } }>("/agents/:name/run", async (request, reply) => {
    initialisation.assertDone();
    const { sub = "" } = await tokens.verify(bearerToken(request.headers.authorization), "agents:run");
    const agent = agents.find(request.params.name);
    if (agent === undefined) return reply.code(404).send({ error: "no such agent" });
    const body = runSchema.safeParse(request.body);
    if (!body.success)
      return reply.code(400).send({ error: "the body must be { input }, a text of 1 to 10000 characters" });

    const { input } = body.data;
    const event: AgentEvent = {
      id: randomUUID(),
      agent: agent.name,
      subject: sub,
      input,
      answer: agent.answer(input),
    };
    await events.write(event);
    await answers.publish(event);
    return { eventId: event.id, agent: event.agent, answer: event.answer };
  });

  server.get<{ Params: { id: string } }>("/events/:id", async (request, reply) => {
    initialisation.assertDone();
    await tokens.verify(bearerToken(request.headers.authorization), "events:read");
    const event = isEventId(request.params.id) ? await events.read(request.params.id) : undefined;
    return event ?? reply.code(404).send({ error: "no such event" });
  });
}

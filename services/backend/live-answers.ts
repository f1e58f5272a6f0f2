import type { FastifyInstance } from "fastify";
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { UnavailableError } from "../shared/failure-reason.ts";
import { type TokenVerifier, bearerToken } from "../shared/token-verifier.ts";
import { callWebSocket } from "../shared/websocket-call.ts";
import { websocketEndpoint } from "../shared/websocket-endpoint.ts";
import type { AgentEvent } from "./event-store.ts";

/** The WebSocket manager: who is connected at /ws hears every answer of every agent. */
export interface LiveAnswers {
  /** Begins to admit connections. */
  open(): void;
  publish(event: AgentEvent): void;
  /** Connects to this very server as a client would, and exchanges a message. */
  check(port: number): Promise<{ readonly connections: number }>;
  close(): void;
}

export function createLiveAnswers(server: FastifyInstance, tokens: TokenVerifier): LiveAnswers {
  // The check comes in by the front door without asking auth: whether auth works is another check's question.
  const ownToken = randomBytes(32).toString("base64url");
  let isOpen = false;

  const endpoint = websocketEndpoint(server, {
    path: "/ws",
    async admit(request: IncomingMessage) {
      if (!isOpen) throw new UnavailableError("websocket not initialised yet");
      const token = bearerToken(request.headers.authorization);
      if (!sameText(token, ownToken)) await tokens.verify(token);
    },
    async answer(message) {
      if (message.type === "ping") return { type: "pong", at: new Date().toISOString() };
      return { type: "error", reason: "the one message understood here is ping" };
    },
  });

  return {
    open() {
      isOpen = true;
    },
    publish: (event) => endpoint.broadcast({ type: "answer", ...event }),
    async check(port) {
      if (!isOpen) throw new UnavailableError("websocket not initialised yet");
      await callWebSocket("websocket", `ws://127.0.0.1:${port}/ws`, {
        token: ownToken,
        send: { type: "ping" },
        answer: "pong",
      });
      return { connections: endpoint.connections() };
    },
    close: endpoint.close,
  };
}

function sameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

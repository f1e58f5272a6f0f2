import type { FastifyInstance } from "fastify";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { UnavailableError, reasonOf } from "./failure-reason.ts";

export interface WebSocketEndpoint {
  /** Sends one message to everyone who is connected. */
  broadcast(message: Readonly<Record<string, unknown>>): void;
  connections(): number;
  close(): void;
}

interface WebSocketEndpointOptions {
  readonly path: string;
  /** Rejects whom may not connect; the rejection's statusCode, or 503, answers the upgrade. */
  admit(request: IncomingMessage): Promise<void>;
  /** Answers one message, by the reply that it resolves to. */
  answer(message: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
}

/** How often a peer must show that it is alive; one that did not since the last time is cut off. */
const heartbeatMs = 30_000;
const goingAway = 1001;

/** Serves WebSocket connections that exchange JSON objects, at one path of a server. */
export function websocketEndpoint(
  server: FastifyInstance,
  options: WebSocketEndpointOptions,
): WebSocketEndpoint {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  const alive = new WeakSet<WebSocket>();

  server.server.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on("error", () => stream.destroy());
    if (request.url?.split("?", 1)[0] !== options.path) return refuse(stream, 404, "no such path");
    options.admit(request).then(
      () => sockets.handleUpgrade(request, stream, head, (socket) => accept(socket)),
      (error: unknown) => refuse(stream, statusOf(error), reasonOf(error)),
    );
  });

  function accept(socket: WebSocket): void {
    alive.add(socket);
    socket.on("pong", () => alive.add(socket));
    socket.on("error", (error) => server.log.warn({ reason: reasonOf(error) }, "websocket failed"));
    socket.on("message", (data) => {
      // A Buffer unless the socket's binaryType says otherwise.
      void reply((data as Buffer).toString()).then((message) => send(socket, message));
    });
  }

  async function reply(text: string): Promise<Readonly<Record<string, unknown>>> {
    const message = jsonObject(text);
    if (message === undefined) return { type: "error", reason: "a message is one JSON object" };
    try {
      return await options.answer(message);
    } catch (error) {
      return { type: "error", reason: reasonOf(error) };
    }
  }

  const heartbeat = setInterval(() => {
    for (const socket of sockets.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, heartbeatMs);
  heartbeat.unref();

  // fastify's close waits for every connection of its server, upgraded ones included.
  server.addHook("preClose", async () => {
    clearInterval(heartbeat);
    for (const socket of sockets.clients) socket.close(goingAway, "closing");
  });

  return {
    broadcast(message) {
      for (const socket of sockets.clients) send(socket, message);
    },
    connections: () => sockets.clients.size,
    close() {
      clearInterval(heartbeat);
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

function send(socket: WebSocket, message: Readonly<Record<string, unknown>>): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function statusOf(error: unknown): number {
  if (error instanceof UnavailableError) return 503;
  return error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
}

const statusTexts: Readonly<Record<number, string>> = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  503: "Service Unavailable",
};

function refuse(stream: Duplex, status: number, reason: string): void {
  const body = JSON.stringify(status === 503 ? { ready: false, reason } : { error: reason });
  stream.end(
    [
      `HTTP/1.1 ${status} ${statusTexts[status] ?? "Error"}`,
      "Connection: close",
      "Content-Type: application/json",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n"),
  );
}

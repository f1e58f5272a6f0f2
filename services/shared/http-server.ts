import { LogController, fastify, type FastifyInstance } from "fastify";
import { UnavailableError } from "./failure-reason.ts";

/** "debug" logs routine requests too. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/**
 * A fastify server as all applications use it: one JSON line an event, none for what is routine,
 * an empty JSON body is no body, and one shape for every error.
 */
export function createHttpServer(service: string, level: LogLevel = "info"): FastifyInstance {
  const server = fastify({
    logController: new LogController({ disableRequestLogging: true }),
    logger: {
      level,
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      // Clients' errors carry what was sent, passwords included; these three fields do not.
      serializers: {
        err: (error: Error) => ({ type: error.name, message: error.message, stack: error.stack ?? "" }),
      },
    },
  });

  server.removeContentTypeParser("application/json");
  const parseJson = server.getDefaultJsonParser("error", "error");
  server.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, body, done) => {
    if (body.trim() === "") done(null, undefined);
    else void parseJson(request, body, done);
  });

  server.addHook("onResponse", async (request, reply) => {
    // A query may hold what is nobody's business.
    const [path = ""] = request.url.split("?", 1);
    const isRead = request.method === "GET" && (reply.statusCode < 400 || reply.statusCode === 503);
    const isRoutine = path.startsWith("/health") || isRead;
    const entry = {
      method: request.method,
      path,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    request.log[isRoutine ? "debug" : "info"](entry, "answered");
  });

  server.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    if (error instanceof UnavailableError)
      return reply.code(503).send({ ready: false, reason: error.message });
    const status = error.statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ error: error.message });
    request.log.error({ err: error }, "request failed");
    return reply.code(500).send({ error: "internal error" });
  });

  return server;
}

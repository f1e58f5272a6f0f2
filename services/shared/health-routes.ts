import type { FastifyInstance, FastifyReply } from "fastify";
import { reasonOf } from "./failure-reason.ts";
import { type Health, type HealthChecks, reasonsOf, runCheck, runChecks } from "./health-checks.ts";
import type { Initialisation } from "./initialisation.ts";

interface Verdict {
  readonly ready: boolean;
  readonly reason?: string;
  readonly results: Readonly<Record<string, Health>>;
}

/**
 * Serves an application's health:
 * - `GET /health` says that the listener is up, and nothing more;
 * - `GET /health/NAME` runs one check;
 * - `GET /health/ready` tells whether the initialisation is done and every check passes;
 * - `GET /health/complete` tells the same with every detail and duration.
 *
 * Ready is 200 with `{ "ready": true }`, not ready is 503 with `{ "ready": false, "reason": "…" }`.
 */
export function healthRoutes(
  server: FastifyInstance,
  options: {
    readonly service: string;
    readonly checks: HealthChecks;
    readonly initialisation: Initialisation;
  },
): void {
  const { service, checks, initialisation } = options;

  async function verdict(): Promise<Verdict> {
    const unfinished = initialising(initialisation);
    const results = await runChecks(checks);
    const reasons = [unfinished, reasonsOf(results)].filter((reason) => reason !== undefined);
    return reasons.length === 0
      ? { ready: true, results }
      : { ready: false, reason: reasons.join("; "), results };
  }

  server.get("/health", () => ({ status: "ok", service }));

  for (const [name, check] of Object.entries(checks)) {
    server.get(`/health/${name}`, async (_request, reply) => send(reply, await runCheck(check)));
  }

  server.get("/health/ready", async (_request, reply) => {
    const { results, ...ready } = await verdict();
    const passed = Object.values(results).filter((result) => result.ready).length;
    return send(reply, { ...ready, service, passed, checks: Object.keys(results).length });
  });

  server.get("/health/complete", async (_request, reply) => {
    const { results, ...ready } = await verdict();
    return send(reply, {
      ...ready,
      service,
      uptimeMs: Math.round(performance.now()),
      initialisation: initialisation.status(),
      checks: results,
    });
  });
}

function initialising(initialisation: Initialisation): string | undefined {
  try {
    initialisation.assertDone();
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

function send(reply: FastifyReply, body: { readonly ready: boolean; readonly [field: string]: unknown }) {
  return reply.code(body.ready ? 200 : 503).send(body);
}

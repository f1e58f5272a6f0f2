import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { type HealthChecks, reasonsOf, runChecks } from "../shared/health-checks.ts";
import type { Initialisation } from "../shared/initialisation.ts";
import type { TokenVerifier } from "../shared/token-verifier.ts";
import type { Backend } from "./backend.ts";
import { completeFlow } from "./complete-flow.ts";

interface ApiParts {
  readonly initialisation: Initialisation;
  readonly checks: HealthChecks;
  readonly backend: Backend;
  readonly tokens: TokenVerifier;
  logIn(): Promise<string>;
}

const validateSchema = z.object({ token: z.string().optional() }).nullish();

/** What the page's script and the outside ask of the frontend. */
export function apiRoutes(server: FastifyInstance, parts: ApiParts): void {
  const { initialisation, checks, backend, tokens, logIn } = parts;

  server.get("/api/health", async (_request, reply) => {
    initialisation.assertDone();
    const results = await runChecks(checks);
    const reason = reasonsOf(results);
    if (reason === undefined) return { ready: true, ...results };
    return reply.code(503).send({ ready: false, reason, ...results });
  });

  /** Validates the token in the body, or else one that it gets at auth for the purpose. */
  server.post("/api/auth/validate", async (request, reply) => {
    initialisation.assertDone();
    const body = validateSchema.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ error: "the body must be { token? }" });
    const { sub, iss, exp = 0, scope } = await tokens.verify(body.data?.token ?? (await logIn()));
    return {
      ready: true,
      valid: true,
      subject: sub,
      issuer: iss,
      scope,
      expiresAt: new Date(exp * 1000).toISOString(),
    };
  });

  server.post("/api/test/complete-flow", async (_request, reply) => {
    initialisation.assertDone();
    const result = await completeFlow(logIn, backend);
    return reply.code(result.complete ? 200 : 503).send(result);
  });
}

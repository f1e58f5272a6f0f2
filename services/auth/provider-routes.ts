import type { FastifyInstance } from "fastify";
import type Provider from "oidc-provider";
import type { Initialisation } from "../shared/initialisation.ts";
import type { Initialised } from "../shared/initialised.ts";

/** Hands every request that is not about health to the provider, which reads bodies and answers by itself. */
export function providerRoutes(
  server: FastifyInstance,
  initialisation: Initialisation,
  provider: Initialised<Provider>,
): void {
  void server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    void scope.all("/*", async (request, reply) => {
      initialisation.assertDone();
      const handle = provider.get().callback();
      reply.hijack();
      await handle(request.raw, reply.raw);
    });
  });
}

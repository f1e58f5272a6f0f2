import type { JWK } from "jose";
import type Provider from "oidc-provider";
import { runApplication } from "../shared/application.ts";
import { reasonOf } from "../shared/failure-reason.ts";
import { warmUp } from "../shared/initialisation.ts";
import { initialised } from "../shared/initialised.ts";
import { createPostgres } from "../shared/postgres.ts";
import { createRedis } from "../shared/redis.ts";
import { createClientRegistry } from "./client-registry.ts";
import { authEnvironment } from "./environment.ts";
import { authHealth } from "./health.ts";
import { createProvider } from "./provider.ts";
import { providerRoutes } from "./provider-routes.ts";
import { providerStorage } from "./provider-storage.ts";
import { loadSigningKey } from "./signing-key.ts";

await runApplication({
  service: "auth",
  schema: authEnvironment,
  build({ environment, server, initialisation }) {
    const { DATABASE_URL, REDIS_URL, PUBLIC_URL, SESSION_SECRET, CLIENT_ID, CLIENT_SECRET, READY_AFTER } =
      environment;
    const postgres = createPostgres(DATABASE_URL, server.log);
    const redis = createRedis(REDIS_URL, server.log);
    const clients = createClientRegistry(postgres, { id: CLIENT_ID, secret: CLIENT_SECRET });
    const signingKey = initialised<JWK>("the signing key is");
    const provider = initialised<Provider>("the OAuth provider is");

    providerRoutes(server, initialisation, provider);

    return {
      checks: authHealth({ environment, postgres, redis, signingKey, provider }),
      initialisation: [
        { name: "connecting to PostgreSQL", run: postgres.check },
        { name: "connecting to Redis", run: redis.check },
        warmUp(READY_AFTER),
        { name: "loading the signing key", run: async () => signingKey.set(await loadSigningKey(postgres)) },
        { name: "registering clients", run: clients.register },
        {
          name: "starting the OAuth provider",
          run: async () => {
            const created = createProvider({
              issuer: PUBLIC_URL,
              cookieSecret: SESSION_SECRET,
              signingKey: signingKey.get(),
              storage: providerStorage(redis, clients),
            });
            created.on("server_error", (_context, error) => {
              server.log.error({ reason: reasonOf(error) }, "OAuth request failed");
            });
            provider.set(created);
          },
        },
      ],
      async close() {
        redis.close();
        await postgres.close();
      },
    };
  },
});

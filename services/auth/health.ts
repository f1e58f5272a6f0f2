import { createLocalJWKSet, importJWK, jwtVerify, SignJWT, type JWK } from "jose";
import type Provider from "oidc-provider";
import { apiAudience, tokenAlgorithm } from "../shared/access-token.ts";
import { readEnvironment } from "../shared/environment.ts";
import { UnavailableError } from "../shared/failure-reason.ts";
import type { HealthChecks } from "../shared/health-checks.ts";
import type { Initialised } from "../shared/initialised.ts";
import type { Postgres } from "../shared/postgres.ts";
import type { RedisConnection } from "../shared/redis.ts";
import { discover } from "../shared/token-verifier.ts";
import { authEnvironment, type AuthEnvironment } from "./environment.ts";

interface AuthParts {
  readonly environment: AuthEnvironment;
  readonly postgres: Postgres;
  readonly redis: RedisConnection;
  readonly signingKey: Initialised<JWK>;
  readonly provider: Initialised<Provider>;
}

export function authHealth({ environment, postgres, redis, signingKey, provider }: AuthParts): HealthChecks {
  const { PORT, PUBLIC_URL, CLIENT_ID } = environment;
  return {
    database: postgres.check,
    redis: redis.check,

    async oauth() {
      const client = await provider.get().Client.find(CLIENT_ID);
      if (client === undefined) throw new UnavailableError(`client ${CLIENT_ID} is not registered`);
      const { issuer } = await discover(`http://127.0.0.1:${PORT}`);
      if (issuer !== PUBLIC_URL)
        throw new UnavailableError(`discovery names the issuer ${issuer}, not ${PUBLIC_URL}`);
      return { issuer, client: CLIENT_ID };
    },

    async jwt() {
      const key = signingKey.get();
      const token = await new SignJWT({})
        .setProtectedHeader({ alg: tokenAlgorithm, kid: key.kid ?? "" })
        .setIssuer(PUBLIC_URL)
        .setAudience(apiAudience)
        .setExpirationTime("10s")
        .sign(await importJWK(key, tokenAlgorithm));
      const published = createLocalJWKSet({ keys: [publicPart(key)] });
      await jwtVerify(token, published, {
        issuer: PUBLIC_URL,
        audience: apiAudience,
        algorithms: [tokenAlgorithm],
      });
      return { algorithm: tokenAlgorithm, keyId: key.kid };
    },

    async config() {
      const settings = readEnvironment(authEnvironment, process.env);
      provider.get();
      return { issuer: settings.PUBLIC_URL, settings: Object.keys(settings).sort() };
    },
  };
}

function publicPart({ d: _private, ...jwk }: JWK): JWK {
  return jwk;
}

import type { JWK } from "jose";
import { Provider, errors, type AdapterFactory } from "oidc-provider";
import { apiAudience, apiScopes, tokenAlgorithm } from "../shared/access-token.ts";
import { UnavailableError } from "../shared/failure-reason.ts";

interface ProviderOptions {
  readonly issuer: string;
  readonly cookieSecret: string;
  readonly signingKey: JWK;
  readonly storage: AdapterFactory;
}

const accessTokenSeconds = 600;

/** The OpenID provider: issues signed JWT access tokens for the backend's API to registered clients. */
export function createProvider({ issuer, cookieSecret, signingKey, storage }: ProviderOptions): Provider {
  const provider = new Provider(issuer, {
    adapter: storage,
    cookies: { keys: [cookieSecret] },
    jwks: { keys: [{ ...signingKey, kty: signingKey.kty ?? "EC" }] },
    clientAuthMethods: ["client_secret_jwt"],
    clientDefaults: { id_token_signed_response_alg: tokenAlgorithm },
    enabledJWA: { idTokenSigningAlgValues: [tokenAlgorithm], clientAuthSigningAlgValues: ["HS256"] },
    scopes: [...apiScopes],
    ttl: { ClientCredentials: accessTokenSeconds },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => apiAudience,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== apiAudience) throw new errors.InvalidTarget();
          return {
            scope: apiScopes.join(" "),
            audience: apiAudience,
            accessTokenFormat: "jwt",
            jwt: { sign: { alg: tokenAlgorithm } },
          };
        },
      },
    },
  });
  answerOutagesAsSuch(provider);
  return provider;
}

/**
 * Makes a backing service's outage a 503 with its reason, where the provider on its own would say
 * "oops! something went wrong" (RFC 6749 has a code for it, for the authorization endpoint at least).
 */
function answerOutagesAsSuch(provider: Provider): void {
  const outages = new WeakMap<object, string>();
  provider.on("server_error", (context, error) => {
    if (error instanceof UnavailableError) outages.set(context.req, error.message);
  });
  provider.use(async (context, next) => {
    await next();
    const reason = outages.get(context.req);
    if (reason === undefined) return;
    context.status = 503;
    context.body = { error: "temporarily_unavailable", error_description: reason };
  });
}

import type { JWK } from "jose";
import { Provider, errors, type AdapterFactory } from "oidc-provider";
import { apiAudience, apiScopes, tokenAlgorithm } from "../shared/access-token.ts";

interface ProviderOptions {
  readonly issuer: string;
  readonly cookieSecret: string;
  readonly signingKey: JWK;
  readonly storage: AdapterFactory;
}

const accessTokenSeconds = 600;

/** The OpenID provider: issues signed JWT access tokens for the backend's API to registered clients. */
export function createProvider({ issuer, cookieSecret, signingKey, storage }: ProviderOptions): Provider {
  return new Provider(issuer, {
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
}

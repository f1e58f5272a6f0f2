import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from "jose";
import { z } from "zod";
import { apiAudience, type ApiScope, tokenAlgorithm } from "./access-token.ts";
import { UnavailableError, about, addressOf, reasonOf } from "./failure-reason.ts";
import { callJson } from "./http-call.ts";

/** A token that was not issued by auth for this audience, has expired, or does not allow what it is used for. */
export class TokenRejectedError extends Error {
  readonly code = "TOKEN_REJECTED";
  readonly statusCode: 401 | 403;

  constructor(reason: string, statusCode: 401 | 403 = 401) {
    super(`token rejected: ${reason}`);
    this.name = "TokenRejectedError";
    this.statusCode = statusCode;
  }
}

/** The part of auth's discovery document that others rely on. */
const discoverySchema = z.object({
  issuer: z.string(),
  jwks_uri: z.string(),
  token_endpoint: z.string(),
});
export type Discovery = z.infer<typeof discoverySchema>;

/** Reads auth's discovery document, now. */
export async function discover(authUrl: string): Promise<Discovery> {
  return callJson("auth", new URL("/.well-known/openid-configuration", authUrl).href, discoverySchema);
}

export interface TokenVerifier {
  /** Reads auth's discovery document and keys, now, and goes by them from here on. */
  connect(): Promise<{ readonly issuer: string; readonly keys: number }>;
  /**
   * Verifies an access token by auth's published keys.
   * @throws TokenRejectedError when the token is not good, UnavailableError when auth cannot be asked.
   */
  verify(token: string, scope?: ApiScope): Promise<JWTPayload>;
}

/** New keys of auth (a new database, a rotation) are fetched at once, but no more often than this. */
const keyRefreshMs = 1_000;

export function createTokenVerifier(authUrl: string): TokenVerifier {
  const subject = `auth at ${addressOf(authUrl)}`;
  let connection:
    { readonly issuer: string; readonly keys: ReturnType<typeof createRemoteJWKSet> } | undefined;

  async function connect() {
    const { issuer, jwks_uri } = await discover(authUrl);
    const keys = createRemoteJWKSet(new URL(jwks_uri), {
      cooldownDuration: keyRefreshMs,
      timeoutDuration: 3_000,
    });
    await about(subject, () => keys.reload());
    connection = { issuer, keys };
    return connection;
  }

  return {
    async connect() {
      const { issuer, keys } = await connect();
      return { issuer, keys: keys.jwks()?.keys.length ?? 0 };
    },
    async verify(token, scope) {
      const { issuer, keys } = connection ?? (await connect());
      const expected = { issuer, audience: apiAudience, algorithms: [tokenAlgorithm], typ: "at+jwt" };
      const { payload } = await jwtVerify(token, keys, expected).catch((error: unknown) => {
        throw rejection(error) ?? new UnavailableError(`${subject}: ${reasonOf(error)}`, { cause: error });
      });
      const scopes = typeof payload.scope === "string" ? payload.scope.split(" ") : [];
      if (scope !== undefined && !scopes.includes(scope)) {
        throw new TokenRejectedError(`it does not allow ${scope}`, 403);
      }
      return payload;
    },
  };
}

/** A failure that is the token's own fault, as against one of asking for the keys. */
function rejection(error: unknown): TokenRejectedError | undefined {
  if (!(error instanceof errors.JOSEError)) return undefined;
  if (error instanceof errors.JWKSTimeout || error.code === "ERR_JOSE_GENERIC") return undefined;
  return new TokenRejectedError(error.message);
}

/** The token in an Authorization header. */
export function bearerToken(authorization: string | undefined): string {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) throw new TokenRejectedError("no bearer token was sent");
  return token;
}

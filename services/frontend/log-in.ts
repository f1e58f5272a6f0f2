import { randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import { z } from "zod";
import { apiAudience, apiScopes } from "../shared/access-token.ts";
import { callJson } from "../shared/http-call.ts";
import { discover } from "../shared/token-verifier.ts";

const tokenSchema = z.object({ access_token: z.string() });

interface Client {
  readonly authUrl: string;
  readonly id: string;
  readonly secret: string;
}

/**
 * Logs this service in at auth and returns an access token for the backend's API.
 * The secret is never sent: it signs an assertion that is good once and for a minute (RFC 7523).
 */
export async function logIn({ authUrl, id, secret }: Client): Promise<string> {
  const { issuer, token_endpoint } = await discover(authUrl);
  const assertion = await new SignJWT({})
    .setProtectedHeader({ alg: "HS256" })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime("60s")
    .sign(new TextEncoder().encode(secret));
  const { access_token } = await callJson("auth", token_endpoint, tokenSchema, {
    method: "POST",
    form: {
      grant_type: "client_credentials",
      scope: apiScopes.join(" "),
      resource: apiAudience,
      client_id: id,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion,
    },
  });
  return access_token;
}

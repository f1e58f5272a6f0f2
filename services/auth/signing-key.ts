import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import { tokenAlgorithm } from "../shared/access-token.ts";
import { UnavailableError } from "../shared/failure-reason.ts";
import type { Postgres } from "../shared/postgres.ts";

const purpose = "access-tokens";

/**
 * The key that tokens are signed with. It lives in the database, so that tokens outlive a restart and
 * replicas share it; the first start creates it.
 */
export async function loadSigningKey(postgres: Postgres): Promise<JWK> {
  const stored = await readKey(postgres);
  if (stored !== undefined) return stored;
  // Two replicas may both find no key: the first to write wins, and both read what was written.
  await postgres.query(
    "INSERT INTO auth_signing_keys (purpose, jwk) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    [purpose, JSON.stringify(await createKey())],
  );
  const created = await readKey(postgres);
  if (created === undefined) throw new UnavailableError("the signing key that was just written is gone");
  return created;
}

async function readKey(postgres: Postgres): Promise<JWK | undefined> {
  const [row] = await postgres.query<{ jwk: JWK }>("SELECT jwk FROM auth_signing_keys WHERE purpose = $1", [
    purpose,
  ]);
  return row?.jwk;
}

async function createKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(tokenAlgorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { ...jwk, kid, alg: tokenAlgorithm, use: "sig" };
}

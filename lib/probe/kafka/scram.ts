/** The client's side of SCRAM (RFC 5802, RFC 7677), as Kafka takes it: without channel binding. */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { notKafka } from "./frames.ts";

/** A server may want as many rounds as it likes; more than these are no server's. */
const mostRounds = 1_000_000;

/**
 * Logs in.
 * @param exchange sends one message, and resolves to the answer
 * @throws AnswerError where the server does not know the password either
 */
export async function scram(
  hash: "sha256" | "sha512",
  user: string,
  password: string,
  exchange: (message: Buffer) => Promise<Buffer>,
  nonce: string = randomBytes(24).toString("base64"),
): Promise<void> {
  const hmac = (key: Buffer, message: string) => createHmac(hash, key).update(message).digest();
  const first = `n=${user.replaceAll("=", "=3D").replaceAll(",", "=2C")},r=${nonce}`;
  const challenge = (await exchange(Buffer.from(`n,,${first}`))).toString("utf8");
  const [, both = "", salt = "", rounds = ""] = /^r=([^,]+),s=([^,]+),i=(\d{1,7})/.exec(challenge) ?? [];
  if (!both.startsWith(nonce) || Number(rounds) < 1 || Number(rounds) > mostRounds) throw notKafka();
  const length = hash === "sha256" ? 32 : 64;
  const salted = await promisify(pbkdf2)(
    password.normalize("NFKC"),
    Buffer.from(salt, "base64"),
    Number(rounds),
    length,
    hash,
  );
  const key = hmac(salted, "Client Key");
  const last = `c=biws,r=${both}`;
  const said = `${first},${challenge},${last}`;
  const signature = hmac(createHash(hash).update(key).digest(), said);
  const proof = Buffer.from(key.map((byte, at) => byte ^ (signature[at] ?? 0)));
  const answer = (await exchange(Buffer.from(`${last},p=${proof.toString("base64")}`))).toString("utf8");
  const shown = Buffer.from(/^v=([^,]+)/.exec(answer)?.[1] ?? "", "base64");
  const expected = hmac(hmac(salted, "Server Key"), said);
  if (shown.length !== expected.length || !timingSafeEqual(shown, expected)) throw notKafka();
}

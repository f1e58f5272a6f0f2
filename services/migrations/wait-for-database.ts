import { Client } from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import { addressOf, reasonOf } from "../shared/failure-reason.ts";

/** Failures of a server that is on its way up. Any other (a wrong password, no such database) stays as it is. */
const transientCodes: ReadonlySet<string> = new Set([
  "57P03",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENOTFOUND",
  "ETIMEDOUT",
]);

const pauseMs = 200;

/**
 * Connects to a server that may be starting at this moment.
 * @throws Error at once when waiting cannot help, and after waitMs when the server does not accept connections.
 */
export async function connectToDatabase(url: string, waitMs: number): Promise<Client> {
  const subject = `PostgreSQL at ${addressOf(url)}`;
  const startedMs = performance.now();
  for (;;) {
    const leftMs = waitMs - (performance.now() - startedMs);
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: Math.max(1, Math.min(5_000, leftMs)),
    });
    // A connection that breaks later rejects the query under way; without a listener it would also end the process.
    client.on("error", () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (!isTransient(error)) throw new Error(`${subject}: ${reasonOf(error)}`, { cause: error });
      if (leftMs <= pauseMs) {
        throw new Error(`${subject} did not accept connections within ${waitMs}ms: ${reasonOf(error)}`, {
          cause: error,
        });
      }
    }
    await sleep(pauseMs);
  }
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error) return transientCodes.has(String(error.code));
  // Time-outs and sockets that close during the handshake carry no code in pg.
  return /timeout|terminated/i.test(error.message);
}

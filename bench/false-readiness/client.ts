/**
 * Calls what it needs once, the first thing that it does, and writes down whether that has worked. It stays up either way, and answers
 * by 200: the gate that it is behind is what is measured, and not its own.
 */
import { createServer } from "node:http";
import { Client } from "pg";
import { errorText } from "../../lib/core/errors.ts";

const url = process.env["CALLS"] ?? "";

async function call(): Promise<void> {
  if (url.startsWith("http:")) {
    const { status } = await fetch(`${url}/orders`);
    if (status !== 200) throw new Error(`status ${status}`);
    return;
  }
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query("SELECT id FROM orders LIMIT 1");
    if (rows.length === 0) throw new Error("no orders");
  } finally {
    await client.end().catch(() => undefined);
  }
}

const calledMs = Date.now();
const problem = await call().then(
  () => undefined,
  (error: unknown) => errorText(error),
);
console.log(JSON.stringify({ calledMs, worked: problem === undefined, problem }));
createServer((_, response) => response.end("up")).listen(8080);
process.once("SIGTERM", () => process.exit(0));

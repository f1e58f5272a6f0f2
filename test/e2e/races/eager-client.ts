/**
 * A client as teams have them: it uses what it needs once, when it starts, and is broken for good when that does not
 * work yet. It answers / by 200 or 503 accordingly.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import { Pool } from "pg";
import { WebSocket } from "ws";

const url = process.env["DEPENDENCY"] ?? "";

const uses: Readonly<Record<string, () => Promise<unknown>>> = {
  async nothing() {},
  async database() {
    const pool = new Pool({ connectionString: url, max: 5, connectionTimeoutMillis: 1000 });
    pool.on("error", () => undefined);
    await Promise.all(Array.from({ length: 5 }, () => pool.query("SELECT 1")));
    await pool.end();
  },
  async auth() {
    const { status } = await fetch(`${url}/oauth`);
    if (status !== 200) throw new Error(`auth answered ${status}`);
  },
  async websocket() {
    const socket = new WebSocket(url);
    await once(socket, "open");
    socket.close();
  },
};

let reason: string | undefined = "not tried yet";
createServer((_, response) => {
  response.writeHead(reason === undefined ? 200 : 503, { "content-type": "application/json" });
  response.end(JSON.stringify({ works: reason === undefined, reason }));
}).listen(8080);
process.once("SIGTERM", () => process.exit(0));

const use = uses[process.env["USE"] ?? ""];
if (use === undefined) throw new Error("USE says what is used");
use().then(
  () => (reason = undefined),
  (error: unknown) => (reason = `at its start: ${String(error)}`),
);

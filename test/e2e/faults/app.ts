/**
 * An application that can be made to fail. It answers GET /health by 200 when all that its variables *_URL name works, it ends
 * when the connection to what LIVES_WITH names does, and POST /fault?NAME=VALUE brings about what NAME says; all but `refuse` is
 * over with the process.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { Client } from "pg";

/** How many of the next starts end at once. It outlives the process, and a restart of the container. */
const refusals = "/tmp/refusals";
const left = existsSync(refusals) ? Number(readFileSync(refusals, "utf8")) : 0;
if (left > 0) {
  writeFileSync(refusals, String(left - 1));
  console.log(`refusing to start, and ${left - 1} times more`);
  process.exit(1);
}

const needed = Object.entries(process.env).flatMap(([name, url]) =>
  name.endsWith("_URL") && url !== undefined ? [new URL(url)] : [],
);
const withinMs = 400;
const readyMs = Date.now() + Number(process.env["READY_AFTER_MS"] ?? 0);
const kept: Buffer[] = [];
let delayMs = 0;
let status = 200;

const faults: Readonly<Record<string, (value: number) => void>> = {
  /** Ends at once. */
  exit: (code) => process.exit(code),
  /** Ends, and so do the next starts. */
  refuse: (starts) => {
    writeFileSync(refusals, String(starts));
    process.exit(1);
  },
  status: (other) => (status = other),
  slow: (ms) => (delayMs = ms),
  /** Listens no more, and lives on. */
  close: () => {
    server.close();
    server.closeAllConnections();
    setInterval(() => undefined, 60_000);
  },
  /** Takes so many MiB of memory. */
  memory: (mib) => {
    for (let i = 0; i < mib; i++) kept.push(Buffer.alloc(1024 * 1024, 1));
  },
};

async function works(url: URL): Promise<boolean> {
  if (url.protocol === "http:") {
    const { ok } = await fetch(`${url.origin}/health`, { signal: AbortSignal.timeout(withinMs) });
    return ok;
  }
  if (url.protocol === "redis:") {
    const socket = connect({ host: url.hostname, port: Number(url.port), timeout: withinMs });
    return await new Promise((resolve) => {
      for (const [event, up] of [
        ["connect", true] as const,
        ["error", false] as const,
        ["timeout", false] as const,
      ])
        socket.on(event, () => {
          socket.destroy();
          resolve(up);
        });
    });
  }
  const client = new Client({
    ...{ connectionString: url.href, connectionTimeoutMillis: withinMs, query_timeout: withinMs },
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT number FROM version");
    return rowCount === 1;
  } finally {
    await client.end();
  }
}

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://app");
  if (request.method === "POST" && pathname === "/fault") {
    // Answered first: some of them leave nobody who could.
    response.end("{}", () =>
      setTimeout(() => {
        for (const [name, value] of searchParams) faults[name]?.(Number(value));
      }, 10),
    );
    return;
  }
  void Promise.all(needed.map((url) => works(url).catch(() => false))).then((up) =>
    setTimeout(() => {
      const ready = up.every(Boolean) && Date.now() >= readyMs;
      response.writeHead(ready ? status : 503, { "content-type": "application/json" });
      response.end(JSON.stringify({ ready }));
    }, delayMs),
  );
});
server.listen(Number(process.env["PORT"] ?? 8080));
process.once("SIGTERM", () => setTimeout(() => process.exit(0), Number(process.env["ENDS_AFTER_MS"] ?? 0)));

const companion = process.env["LIVES_WITH"];
if (companion !== undefined) {
  const { hostname, port } = new URL(companion);
  const end = () => process.exit(1);
  connect({ host: hostname, port: Number(port), keepAlive: true })
    .on("error", end)
    .on("close", end);
}

import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Stands before the container engine and notes what it is asked. */
export interface CountingEngine {
  /** For DOCKER_HOST. */
  readonly host: string;
  /** What has come since the last time that this was called: "POST /containers/create". */
  takeRequests(): string[];
  close(): void;
}

/** @param socketPath of the engine itself */
export async function countingEngine(socketPath = "/var/run/docker.sock"): Promise<CountingEngine> {
  const dir = mkdtempSync(join(tmpdir(), "phasegate-test-"));
  const path = join(dir, "docker.sock");
  let requests: string[] = [];
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: socketPath, allowHalfOpen: true });
    // A request follows the answer to the one before: it begins a chunk.
    client.on("data", (chunk) => requests.push(...requestOf(chunk.toString("latin1"))));
    for (const [from, to] of [
      [client, engine],
      [engine, client],
    ] as const) {
      open.add(from);
      from.pipe(to);
      from.on("error", () => to.destroy());
      from.on("close", () => open.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    host: `unix://${path}`,
    takeRequests: () => {
      const taken = requests;
      requests = [];
      return taken;
    },
    close: () => {
      server.close();
      for (const socket of open) socket.destroy();
      rmSync(dir, { recursive: true });
    },
  };
}

/** Ids and names are left out, and so are the version of the API and what is asked for in particular. */
function requestOf(text: string): string[] {
  const [, method, path] = /^([A-Z]+) (?:\/v[\d.]+)?(\/[^ ?]*)\S* HTTP\/1\.1\r\n/.exec(text) ?? [];
  if (method === undefined || path === undefined) return [];
  return [
    `${method} ${path.replace(/^(\/(?:containers|exec|networks|volumes))\/(?!create|json|prune)[^/]+/, "$1/ID")}`,
  ];
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ControlClient } from "../lib/control/client.ts";
import { controlClient } from "../lib/control/client.ts";
import { bundle } from "../lib/engine/bundle.ts";
import { coordinatorNodeOptions } from "../lib/model/coordinator-process.ts";

/** A folder with the program of the coordinator's image, and what the coordinator keeps. */
export interface CoordinatorFolder {
  /** Where its engine is to listen. */
  readonly engineSocket: string;
  /** Starts it, on what the one before has kept. */
  start(options?: { readonly nodeArgs?: readonly string[] }): Promise<CoordinatorProcess>;
  remove(): void;
}

export interface CoordinatorProcess {
  readonly pid: number;
  readonly client: ControlClient;
  /** One more connection. */
  connect(): Promise<ControlClient>;
  /** When the process was started, and when it first answered. Milliseconds since the epoch. */
  readonly startedMs: number;
  readonly answeredMs: number;
  /** What of its heap is in use after a collection. Bytes. */
  heapBytes(): Promise<number>;
  end(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
}

/** @param root the project's folder */
export async function coordinatorFolder(root: string): Promise<CoordinatorFolder> {
  const dir = mkdtempSync(join(tmpdir(), "phasegate-bench-"));
  const app = join(dir, "app");
  mkdirSync(app);
  for (const { name, content } of await bundle(root, "lib/coordinator/main.ts", {}))
    writeFileSync(join(app, name), content);
  const [engineSocket, socket, heapFile] = ["engine.sock", "run/control.sock", "heap"].map((name) =>
    join(dir, name),
  ) as [string, string, string];

  return {
    engineSocket,
    start: async ({ nodeArgs = [] } = {}) => {
      const startedMs = Date.now();
      const args = [
        "--expose-gc",
        "--import",
        heapModule(heapFile),
        coordinatorNodeOptions,
        ...nodeArgs,
        join(app, "main.mjs"),
      ];
      const child = spawn(process.execPath, args, {
        cwd: dir,
        stdio: ["ignore", "pipe", "inherit"],
        env: {
          DOCKER_HOST: `unix://${engineSocket}`,
          PHASEGATE_SOCKET: socket,
          PHASEGATE_HISTORY: join(dir, "history.db"),
          PHASEGATE_SEAL_KEY: Buffer.alloc(32, 7).toString("base64"),
          PHASEGATE_DECLARATION: "big",
          PHASEGATE_STACK: "bench",
        },
      });
      const ended = once(child, "exit");
      child.stdout.pipe(createWriteStream(join(dir, "log"), { flags: "a" }));
      const client = await connected(socket, child);
      await client.call("hello", {});
      return {
        pid: child.pid ?? 0,
        client,
        connect: () => connected(socket, child),
        ...{ startedMs, answeredMs: Date.now() },
        heapBytes: async () => {
          rmSync(heapFile, { force: true });
          child.kill("SIGUSR2");
          for (;;) {
            await sleep(50);
            const text = readIfThere(heapFile);
            if (text !== "") return Number(text);
          }
        },
        end: async (signal = "SIGTERM") => {
          client.close();
          child.kill(signal);
          await ended;
        },
      };
    },
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A module that collects garbage on SIGUSR2, and writes what of the heap is left in use. */
function heapModule(file: string): string {
  const code = `
    import { writeFileSync } from "node:fs";
    process.on("SIGUSR2", () => {
      globalThis.gc();
      writeFileSync(${JSON.stringify(file)}, String(process.memoryUsage().heapUsed));
    });`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

async function connected(
  socket: string,
  child: { readonly exitCode: number | null },
): Promise<ControlClient> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the coordinator ended with code ${child.exitCode}`);
    const stream = connect(socket);
    try {
      await once(stream, "connect");
      return controlClient(stream);
    } catch {
      await sleep(5);
    }
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

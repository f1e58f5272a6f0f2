import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ControlClient } from "../../lib/control/client.ts";
import { controlClient } from "../../lib/control/client.ts";
import type { RunningStack } from "../../lib/control/running-stack.ts";
import { PhasegateError } from "../../lib/core/errors.ts";
import type { ControlServer } from "../../lib/coordinator/control/control-server.ts";
import { serveControl } from "../../lib/coordinator/control/control-server.ts";
import { migrate } from "../../lib/history/schema.ts";
import type { History } from "../../lib/history/history.ts";
import { storedHistory } from "../../lib/history/stored-history.ts";
import type { Bench } from "./coordinator-bench.ts";
import { bench } from "./coordinator-bench.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** The coordinator of a bench behind the real control server, with a history, and clients that connect to it. */
export interface ServedCoordinator {
  readonly bench: Bench;
  readonly history: History;
  /** @throws PhasegateError PHASEGATE_COORDINATOR_UNREACHABLE while it does not listen */
  connect(): Promise<RunningStack>;
  client(): Promise<ControlClient>;
  /** How many requests are under way whose client is still there. */
  waiting(): number;
  /** The coordinator's process is killed: its connections end, and nobody listens. */
  kill(): Promise<void>;
  /** What was kept of starts and transitions is gone. */
  loseHistory(): void;
  /** Another one begins on what was kept. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Lets the time of a bench pass until an answer has come through the socket. */
export async function answered<T>(served: ServedCoordinator, answer: Promise<T>): Promise<T> {
  let over = false;
  const done = answer.finally(() => (over = true));
  done.catch(() => undefined);
  while (!over) {
    await served.bench.clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return done;
}

export async function servedCoordinator(): Promise<ServedCoordinator> {
  const folder = temporaryFolder();
  const socket = join(folder.path, "control.sock");
  const database = new DatabaseSync(":memory:");
  migrate(database);
  const open = () =>
    storedHistory(
      database,
      () => undefined,
      (work) => work(),
    );
  // Each coordinator opens it for itself.
  const history: History = {
    ...open(),
    get lastNumbers() {
      return open().lastNumbers;
    },
  };
  const b = bench({ history });
  const waiting = new Set<object>();
  let server: ControlServer | undefined;
  const start = async () => {
    server = await serveControl({
      socket,
      answer: ({ id: _, method, ...params }, onEvent, signal) => {
        const own = {};
        waiting.add(own);
        signal.addEventListener("abort", () => waiting.delete(own));
        return b.call(method, params, onEvent, signal).finally(() => waiting.delete(own));
      },
      redact: (text) => text,
      log: () => undefined,
    });
  };
  await start();

  const client = async () => {
    const stream = connect(socket);
    try {
      await once(stream, "connect");
    } catch {
      throw new PhasegateError("PHASEGATE_COORDINATOR_UNREACHABLE", "nobody listens");
    }
    return controlClient(stream);
  };
  return {
    ...{ bench: b, history, client, start },
    waiting: () => waiting.size,
    connect: async () => ({ stack: "dev", declaration: "netra", coordinator: await client() }),
    loseHistory: () => {
      database.exec("DELETE FROM transitions; DELETE FROM incidents");
      b.killCoordinator();
    },
    kill: async () => {
      await server?.close();
      server = undefined;
      b.killCoordinator();
    },
    close: async () => {
      await server?.close();
      b.close();
      history.close();
      folder[Symbol.dispose]();
    },
  };
}

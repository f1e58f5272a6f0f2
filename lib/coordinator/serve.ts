import { steadyClock } from "../core/clock.ts";
import { serveControl } from "./control/control-server.ts";
import { jsonLog } from "./log.ts";
import { redaction } from "./redaction.ts";
import type { Answer } from "./control/requests.ts";

/** What the process reads from its environment. */
export interface ServeOptions {
  readonly socket: string;
  /** The labels of the containers whose events are followed. */
  readonly labels: Readonly<Record<string, string>>;
  /** The stack's name; undefined where it is not known. */
  readonly stack: string | undefined;
  readonly startedMs: number;
  /** Where the history and the desired state are kept. */
  readonly historyFile: string;
  /** The key with which secrets are kept there; undefined where they are not. */
  readonly sealKey: string | undefined;
}

/** Runs the coordinator until the signal aborts. */
export async function serve(
  { socket, labels, stack, startedMs, historyFile, sealKey }: ServeOptions,
  signal: AbortSignal,
): Promise<void> {
  const clock = steadyClock;
  const random = Math.random;
  const log = jsonLog((line) => process.stdout.write(line), Date.now);
  const secrets = redaction();
  if (sealKey !== undefined) secrets.learn({ sealKey });

  // It listens before it has loaded the engine's client, which takes longer than all else: who connects
  // early waits for an answer, and need not come back.
  const loaded = Promise.withResolvers<Answer>();
  const answer: Answer = async (...question) => (await loaded.promise)(...question);
  const server = await serveControl({ socket, answer, redact: secrets.redact, log });
  log("listening", { socket, afterMs: clock.now() - startedMs });

  const { load } = await import("./load.ts");
  const coordinator = load({
    ...{ clock, random, log, redaction: secrets },
    ...{ labels, stack, startedMs, historyFile, sealKey },
  });
  loaded.resolve(coordinator.answers);
  log("loaded", { afterMs: Math.round(clock.now() - startedMs) });

  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  await server.close();
  await coordinator.close();
  log("ended");
}

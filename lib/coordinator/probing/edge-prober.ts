import { hostname } from "node:os";
import { createInterface } from "node:readline";
import { PhasegateError } from "../../core/errors.ts";
import type { Engine } from "../../engine/engine.ts";
import type { ProberAnswer, ProberTask } from "./prober.ts";

/** Where a prober stands. */
export interface Place {
  /** The service that will stand there. */
  readonly dependent: string;
  readonly networks: readonly string[];
  /** What the prober's container is labelled with, besides what it is. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Runs a prober in a container of its own until the signal aborts. The task, secrets included, reaches it by its
 * stdin alone.
 * @throws Error when it cannot be run, or ends before
 */
export async function runProber(
  engine: Engine,
  { dependent, networks, labels }: Place,
  task: ProberTask,
  onAnswer: (answer: ProberAnswer) => void,
  signal: AbortSignal,
): Promise<void> {
  const stream = await engine.runOnce({
    image: await ownImage(engine),
    command: ["node", "/app/main.mjs", "probe"],
    networks,
    labels: { ...labels, "phasegate.prober": dependent },
  });
  const stop = () => void stream.destroy();
  signal.addEventListener("abort", stop);
  if (signal.aborted) return stop();
  const broken = new Promise<never>((_, reject) => stream.once("error", reject));
  broken.catch(() => undefined);
  stream.write(`${JSON.stringify(task)}\n`);
  const read = async () => {
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
      const answer = answerIn(line);
      if (answer !== undefined) onAnswer(answer);
    }
  };
  await Promise.race([read(), broken]);
  if (!signal.aborted) throw new Error(`the prober in the place of ${dependent} ended before it was stopped`);
}

/**
 * What a line of a prober's says; undefined where it is none of the prober's own. What custom probes print does not come
 * here, but a command that one of them starts may write past everything.
 */
function answerIn(line: string): ProberAnswer | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as ProberAnswer;
  } catch {
    return undefined;
  }
}

/** A prober is the coordinator's own program. The engine names a container's host after its id. */
async function ownImage(engine: Engine): Promise<string> {
  const own = await engine.inspect(hostname());
  if (own === undefined)
    throw new PhasegateError("PHASEGATE_CONTROL_REFUSED", "the coordinator does not find its own container");
  return own.image;
}

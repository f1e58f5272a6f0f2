import type { Engine } from "../../engine/engine.ts";
import type { Seen, WorkloadRun } from "../../supervision/platform.ts";
import type { ContainerView } from "../../probe/probe-kind.ts";

/** What is known of a container: without a question where that can be, and by asking. */
export interface Known {
  readonly kept?: (maxAgeMs: number | undefined) => Seen | undefined;
  readonly look: () => Promise<Seen>;
}

/** What probes see of a service's container, through the engine. */
export function containerView(engine: Engine, id: string, { kept, look }: Known): ContainerView {
  const state = async (maxAgeMs?: number) => {
    const seen = kept?.(maxAgeMs) ?? (await look());
    if (seen === "gone") throw new Error("the container is gone");
    return seen;
  };
  return {
    state,
    output: async (signal) => engine.outputSince(id, outputBeginsMs(await state()), signal),
    lastLines: (count) => engine.logs(id, count),
    run: (command, signal) => engine.run(id, command, signal),
  };
}

/** How long before the engine has noted a container's start its first line may have come. */
const headStartMs = 100;

/**
 * The instant that parts the output of a container's current run from that of the run before. The engine
 * notes the start a moment after it, and the last lines of a run may come a moment after its end: the middle
 * between the two is safe from both.
 */
export function outputBeginsMs({
  startedMs,
  finishedMs,
}: Pick<WorkloadRun, "startedMs" | "finishedMs">): number {
  if (startedMs === undefined) return 0;
  if (finishedMs !== undefined && finishedMs < startedMs) return (startedMs + finishedMs) / 2;
  // It has never ended, or this run has: of the run before nothing is known then.
  return finishedMs === undefined ? 0 : startedMs - headStartMs;
}

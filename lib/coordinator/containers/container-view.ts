import type { Engine } from "../../engine/engine.ts";
import type { Seen, WorkloadRun } from "../../supervision/platform.ts";
import { both, lineSearch } from "../../probe/log-line/line-search.ts";
import type { ContainerView } from "../../probe/probe-kind.ts";
import type { FollowedLines } from "./followed-lines.ts";

/** What is known of a container: without a question where that can be, and by asking. */
export interface Known {
  readonly kept?: (maxAgeMs: number | undefined) => Seen | undefined;
  readonly look: () => Promise<Seen>;
  /** Its lines, where they are followed. */
  readonly follow?: FollowedLines["search"];
  /** The lines that have no end yet. */
  readonly unended?: () => readonly string[];
}

/** What probes see of a service's container, through the engine. */
export function containerView(
  engine: Engine,
  id: string,
  { kept, look, follow, unended = () => [] }: Known,
): ContainerView {
  const state = async (maxAgeMs?: number) => {
    const seen = kept?.(maxAgeMs) ?? (await look());
    if (seen === "gone") throw new Error("the container is gone");
    return seen;
  };
  return {
    state,
    output: async (signal) => engine.outputSince(id, outputBeginsMs(await state()), signal),
    followed: async (pattern, signal) => {
      // Which run it is must be certain; and an engine that is silent has lines that nobody has heard of.
      const seen = kept?.(undefined);
      if (seen === undefined || seen === "gone" || follow === undefined) return undefined;
      const run = { id, startedMs: seen.startedMs, beginsMs: outputBeginsMs(seen) };
      const searched = await follow(run, pattern, signal);
      const begun = unended();
      if (searched === undefined || searched.found || begun.length === 0) return searched;
      const search = lineSearch(pattern);
      search.take(begun);
      return both(searched, search.result());
    },
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

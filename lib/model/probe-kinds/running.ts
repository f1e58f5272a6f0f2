import type { Duration } from "../../core/duration.ts";
import { positiveDuration } from "../../core/duration.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";

export const runningFor = probeKind(
  "running",
  { for: positiveDuration },
  {
    looksAtContainer: true,
    party: () => "the engine",
    describe: (probe) => `running for ${probe.for}`,
  },
);
export interface DeclaredRunningFor extends DeclaredAs<typeof runningFor> {}

/**
 * The container runs, and has run for some time without ending: "3s" by default. Says little of a
 * service: it is for one that nobody can ask, such as a worker that takes its work from a queue.
 * @example running({ for: "10s", level: "basic" })
 */
export function running(options?: ProbeOptions & { readonly for?: Duration }): DeclaredRunningFor {
  return { for: "3s", ...made({ kind: "running" }, options) };
}

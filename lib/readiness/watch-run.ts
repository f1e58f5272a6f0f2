import type { Backoff } from "../core/backoff.ts";
import { durationMs } from "../core/duration.ts";
import type { ReadinessSpec } from "../model/plan.ts";
import { changeOrInstant } from "./changes.ts";
import { workProbe } from "./probe-worker.ts";
import type { Exit } from "./service-container.ts";
import { exitOf } from "./service-container.ts";
import type { ReadinessTracker } from "./readiness-tracker.ts";

/** How the watch over one run of a container ended. */
export type RunEnd =
  | { readonly kind: "ready" }
  | { readonly kind: "deadline" }
  | { readonly kind: "gone" }
  /** A probe has met a cause that waiting will not heal, and nothing is won by waiting. */
  | { readonly kind: "permanent" }
  | { readonly kind: "exited"; readonly exit: Exit }
  /** The container runs again without our doing. */
  | { readonly kind: "run-again" }
  | { readonly kind: "cancelled" };

/**
 * Runs a service's probes through one run of its container, the one that began at `startedMs`, until all of
 * them pass at one moment, the run ends, or the deadline has passed.
 */
export async function watchRun(
  tracker: ReadinessTracker,
  startedMs: number,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { clock } = tracker.subject;
  const over = new AbortController();
  const within = AbortSignal.any([signal, over.signal]);
  tracker.resetProbes();
  startWorkers(tracker, within);
  try {
    for (;;) {
      const end = signal.aborted ? ({ kind: "cancelled" } as const) : endOfRun(tracker, startedMs);
      if (end) return end;
      if (tracker.allPassing()) return { kind: "ready" };
      if (tracker.givesUp() && tracker.isHopeless()) return { kind: "permanent" };
      if (clock.now() >= deadlineMs) return { kind: "deadline" };
      await changeOrInstant(tracker.changed, clock, deadlineMs, signal);
    }
  } finally {
    over.abort();
  }
}

function startWorkers({ subject, enabledProbes, record, news }: ReadinessTracker, signal: AbortSignal): void {
  const { spec, clock, random } = subject;
  const cadence = cadenceOf(spec);
  for (const [name, probe] of Object.entries(enabledProbes)) {
    void workProbe(
      {
        attempt: (within) => subject.attempt(probe, within),
        report: (outcome) => record(name, outcome),
        cadence,
        news,
        clock,
        random,
      },
      signal,
    );
  }
}

function cadenceOf({ cadence: { initial, max, multiplier, jitter } }: ReadinessSpec): Backoff {
  return { initialMs: durationMs(initial), maxMs: durationMs(max), multiplier, jitter };
}

function endOfRun({ subject: { container, spec } }: ReadinessTracker, startedMs: number): RunEnd | undefined {
  const seen = container.latest();
  if (seen === "unseen") return undefined;
  if (seen === "gone") return { kind: "gone" };
  if (seen.startedMs !== startedMs) return { kind: "run-again" };
  if (seen.running || isGoodEnd(spec, seen.exitCode)) return undefined;
  return { kind: "exited", exit: exitOf(seen) };
}

/** Whether ending with this exit code is what a container is meant to do. A job may be expected to end otherwise than with 0. */
export function isGoodEnd({ job, probes }: ReadinessSpec, exitCode: number): boolean {
  if (!job) return false;
  const completed = Object.values(probes).find((probe) => probe.kind === "completed");
  return exitCode === (completed?.exitCode ?? 0);
}

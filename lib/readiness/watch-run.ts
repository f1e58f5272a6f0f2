import type { Backoff } from "../core/backoff.ts";
import { durationMs } from "../core/duration.ts";
import type { Expectation } from "../model/plan.ts";
import { changeOrInstant } from "./changes.ts";
import { workProbe } from "./probe-worker.ts";
import type { Exit } from "./service-container.ts";
import { exitOf } from "./service-container.ts";
import type { ServiceProof } from "./service-proof.ts";

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
 * Asks a service's probes through one run of its container, the one that began at `startedMs`, until all of
 * them pass at one moment, the run ends, or the deadline has passed.
 */
export async function watchRun(
  proof: ServiceProof,
  startedMs: number,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { clock } = proof.subject;
  const over = new AbortController();
  const within = AbortSignal.any([signal, over.signal]);
  proof.resetProbes();
  startWorkers(proof, within);
  try {
    for (;;) {
      const end = signal.aborted ? ({ kind: "cancelled" } as const) : endOfRun(proof, startedMs);
      if (end) return end;
      if (proof.allPassing()) return { kind: "ready" };
      if (proof.givesUp() && proof.isHopeless()) return { kind: "permanent" };
      if (clock.now() >= deadlineMs) return { kind: "deadline" };
      await changeOrInstant(proof.changed, clock, deadlineMs, signal);
    }
  } finally {
    over.abort();
  }
}

function startWorkers({ subject, asked, record, news }: ServiceProof, signal: AbortSignal): void {
  const { expectation, clock, random } = subject;
  const cadence = cadenceOf(expectation);
  for (const [name, probe] of Object.entries(asked)) {
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

function cadenceOf({ cadence: { initial, max, multiplier, jitter } }: Expectation): Backoff {
  return { initialMs: durationMs(initial), maxMs: durationMs(max), multiplier, jitter };
}

function endOfRun(
  { subject: { container, expectation } }: ServiceProof,
  startedMs: number,
): RunEnd | undefined {
  const seen = container.latest();
  if (seen === "unseen") return undefined;
  if (seen === "gone") return { kind: "gone" };
  if (seen.startedMs !== startedMs) return { kind: "run-again" };
  if (seen.running || isGoodEnd(expectation, seen.exitCode)) return undefined;
  return { kind: "exited", exit: exitOf(seen) };
}

/** Whether ending with this exit code is what a container is meant to do. A job may be expected to end otherwise than with 0. */
export function isGoodEnd({ job, probes }: Expectation, exitCode: number): boolean {
  if (!job) return false;
  const completed = Object.values(probes).find((probe) => probe.kind === "completed");
  return exitCode === (completed?.exitCode ?? 0);
}

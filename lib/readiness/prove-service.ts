import { backoffMs } from "../core/backoff.ts";
import { durationMs } from "../core/duration.ts";
import { errorText } from "../core/errors.ts";
import type { ReadinessSpec } from "../model/plan.ts";
import { changeOrInstant } from "./changes.ts";
import { deadlineMs } from "./deadline.ts";
import type { FailureFacts } from "./service-failure.ts";
import { lastLines, serviceFailure } from "./service-failure.ts";
import type { ContainerRun, Exit, Sighting } from "./service-container.ts";
import { exitOf, restartMayHeal } from "./service-container.ts";
import type { ReadinessTracker } from "./readiness-tracker.ts";
import type { RunEnd } from "./watch-run.ts";
import { isGoodEnd, watchRun } from "./watch-run.ts";

export interface Beginning {
  /**
   * A new beginning after an earlier end: the budget begins now, and a container that has ended is started at once,
   * which is not one of the failure policy's restarts.
   */
  readonly again: boolean;
  /** The container is restarted first, whether it runs or not. */
  readonly restart?: boolean;
}

/**
 * Proves a service: waits until its container runs, runs its probes, starts it again by the failure policy
 * when it ends, until the service is ready or has failed, which `tracker.state()` then says. Returns early,
 * with the state as it is, when the signal aborts.
 */
export async function proveService(
  tracker: ReadinessTracker,
  { again, restart = false }: Beginning,
  signal: AbortSignal,
): Promise<void> {
  const { clock, container, spec } = tracker.subject;
  const budgetMs = durationMs(spec.budget);
  const beganMs = clock.now();
  let deadline = beganMs + budgetMs;
  const fail = (reason: FailureFacts["reason"], exit?: Exit) =>
    failWith(tracker, { reason, exit, usedMs: clock.now() - (deadline - budgetMs) });

  await firstSight(tracker, deadline, signal);
  let startError: string | undefined;
  if (restart) startError = await errorOf(container.restart(durationMs(spec.grace)));
  else if (again && hasEnded(spec, container.latest())) startError = await errorOf(container.start());

  for (let first = true; ;) {
    if (signal.aborted) return;
    const seen = container.latest();
    if (seen === "gone") return fail("gone");
    if (
      seen === "unseen" ||
      (seen.startedMs === undefined && seen.startError === "" && startError === undefined)
    ) {
      // It is about to be started by whoever created it.
      if (clock.now() >= deadline) return fail("deadline");
      await changeOrInstant(tracker.changed, clock, deadline, signal);
      continue;
    }
    if (first)
      deadline = deadlineMs(
        again ? Math.max(seen.startedMs ?? 0, beganMs) : seen.startedMs,
        budgetMs,
        beganMs,
      );
    first = false;

    const end =
      startError === undefined
        ? await oneRun(tracker, seen, deadline, signal)
        : ({ kind: "exited", exit: { ...exitOf(seen), startError } } as const);
    startError = undefined;
    switch (end.kind) {
      case "cancelled":
        return;
      case "run-again":
        continue;
      case "ready":
        return tracker.enter({
          state: "ready",
          readyMs: clock.now(),
          startedMs: seen.startedMs ?? clock.now(),
          countedFromMs: deadline - budgetMs,
        });
      case "deadline":
      case "gone":
      case "permanent":
        return fail(end.kind);
      case "exited": {
        if (spec.job) await lastAnswers(tracker, signal);
        if (signal.aborted) return;
        const restarts = tracker.restarts();
        const dueMs = clock.now() + restartWaitMs(spec, restarts);
        // A restart past the deadline could not be proven any more: nothing is won by waiting for it.
        if (!restartMayHeal(end.exit) || restarts >= spec.restarts.maxRetries || dueMs >= deadline)
          return fail("exited", end.exit);
        tracker.enter({ state: "restarting", dueMs, nth: restarts + 1, exit: end.exit });
        if (await endedUntil(tracker, seen, dueMs, signal)) {
          tracker.countRestart();
          startError = await errorOf(container.start());
        }
      }
    }
  }
}

async function oneRun(
  tracker: ReadinessTracker,
  seen: ContainerRun,
  deadline: number,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { spec } = tracker.subject;
  if (seen.startedMs === undefined || (!seen.running && !isGoodEnd(spec, seen.exitCode)))
    return { kind: "exited", exit: exitOf(seen) };
  tracker.enter({ state: "starting", deadlineMs: deadline });
  return watchRun(tracker, seen.startedMs, deadline, signal);
}

/** Runs the probes of a job that has ended once more: what was answered while it ran, "still running" among it, is not true any more. */
async function lastAnswers(
  { subject, enabledProbes, record }: ReadinessTracker,
  signal: AbortSignal,
): Promise<void> {
  const answers = Object.entries(enabledProbes).map(async ([name, probe]) => {
    const outcome = await subject.attempt(probe, signal);
    if (!signal.aborted) record(name, outcome);
  });
  await Promise.all(answers);
}

/** Waits until the engine has answered for the first time. */
async function firstSight(tracker: ReadinessTracker, untilMs: number, signal: AbortSignal): Promise<void> {
  const { clock, container } = tracker.subject;
  while (container.latest() === "unseen" && clock.now() < untilMs && !signal.aborted)
    await changeOrInstant(tracker.changed, clock, untilMs, signal);
}

/** Waits until `untilMs`; says whether the container still lies as it was, or somebody else has started or removed it. */
async function endedUntil(
  tracker: ReadinessTracker,
  was: ContainerRun,
  untilMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { clock, container } = tracker.subject;
  const asItWas = () => {
    const seen = container.latest();
    return typeof seen === "object" && !seen.running && seen.startedMs === was.startedMs;
  };
  while (asItWas() && clock.now() < untilMs && !signal.aborted)
    await changeOrInstant(tracker.changed, clock, untilMs, signal);
  return asItWas() && !signal.aborted;
}

/** Why the engine could not do it; undefined when it could. */
async function errorOf(act: Promise<void>): Promise<string | undefined> {
  try {
    await act;
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

function hasEnded(spec: ReadinessSpec, seen: Sighting): boolean {
  return typeof seen === "object" && !seen.running && !isGoodEnd(spec, seen.exitCode);
}

function restartWaitMs({ restarts: { backoff } }: ReadinessSpec, n: number): number {
  const { initial, multiplier, max } = backoff;
  return backoffMs(
    { initialMs: durationMs(initial), multiplier, maxMs: durationMs(max), jitter: 0 },
    n,
    () => 0,
  );
}

async function failWith(tracker: ReadinessTracker, facts: FailureFacts): Promise<void> {
  const { clock, container, spec, lastGood, stack, keptPasswords } = tracker.subject;
  const [logs, good] = await Promise.all([lastLines(container), lastGood()]);
  tracker.enter({
    state: "failed",
    atMs: clock.now(),
    failure: serviceFailure({ ...tracker.status(), state: "failed" }, spec, facts, {
      logs,
      lastGood: good,
      stack,
      keptPasswords,
    }),
  });
}

import { backoffMs } from "../core/backoff.ts";
import { durationMs } from "../core/duration.ts";
import type { Exit } from "../readiness/service-container.ts";
import { restartMayHeal } from "../readiness/service-container.ts";
import { mayRestart, recentRestarts } from "./restart-intensity.ts";
import type { Step } from "./service-event.ts";
import type { ServiceRecord } from "./service-record.ts";
import { isVerified } from "./service-record.ts";
import type { ServiceState, StateCause } from "./service-state.ts";
import { become, blamedText, stay, unreadyText } from "./steps.ts";

/**
 * A service has failed on its own account. While what it needs is not ready, it waits for that and is not restarted. Before its
 * gate has seen it ready, the failure policy counts its restarts; afterwards its intensity bounds them.
 */
export function fail(record: ServiceRecord, cause: StateCause, exit: Exit | undefined, nowMs: number): Step {
  if (record.desired.readiness.external) return outage(record, cause, nowMs);
  if (record.down !== undefined) return wait(record, record.down, exit, nowMs);
  return isVerified(record)
    ? failSupervised(record, cause, exit, nowMs)
    : failStarting(record, cause, exit, nowMs);
}

/**
 * An external service does not work. Nobody here can mend it: its probes go on, and it is ready as soon as they pass. For what needs
 * it, it runs again then: connections that it had are gone.
 */
function outage(record: ServiceRecord, cause: StateCause, nowMs: number): Step {
  const next = { ...record, generation: record.generation + 1 };
  return stay(
    become(next, { name: "failed", reason: "outage", exit: undefined, usedMs: 0, atMs: nowMs, cause }, nowMs),
  );
}

function wait(
  record: ServiceRecord,
  { service, text }: NonNullable<ServiceRecord["down"]>,
  exit: Exit | undefined,
  nowMs: number,
): Step {
  const cause = { kind: "dependency", text, service } as const;
  // What still runs is left as it is: its failure is a symptom.
  if (exit === undefined) return stay(become(record, { name: "degraded", cause }, nowMs));
  return stay(become(record, { name: "pending", waitsFor: "dependency", cause }, nowMs));
}

function failSupervised(
  record: ServiceRecord,
  cause: StateCause,
  exit: Exit | undefined,
  nowMs: number,
): Step {
  const { intensity } = record.desired.supervision;
  const restartsMs = recentRestarts(record.restartsMs, intensity, nowMs);
  if (!mayRestart(restartsMs, intensity, nowMs)) {
    const text = `${cause.text}; ${restartsMs.length} restarts within ${intensity.within} did not help`;
    return stay(become({ ...record, restartsMs }, { name: "givenUp", cause: { ...cause, text } }, nowMs));
  }
  const dueMs = nowMs + restartWaitMs(record, restartsMs.length);
  return stay(
    become(
      { ...record, restartsMs: [...restartsMs, dueMs], restarts: record.restarts + 1 },
      {
        name: "restarting",
        dueMs,
        nth: restartsMs.length + 1,
        exit,
        cause,
      },
      nowMs,
    ),
  );
}

function failStarting(record: ServiceRecord, cause: StateCause, exit: Exit | undefined, nowMs: number): Step {
  const { restarts, deadlineMs = Infinity, desired } = record;
  const dueMs = nowMs + restartWaitMs(record, restarts);
  const mayHeal = exit === undefined || restartMayHeal(exit);
  const late = dueMs >= deadlineMs;
  // A restart past the deadline could not be proven any more: nothing is won by waiting for it.
  if (!mayHeal || late || restarts >= desired.readiness.restarts.maxRetries)
    return failVerification(record, "exited", exit, nowMs);
  return stay(
    become(
      { ...record, restarts: restarts + 1 },
      { name: "restarting", dueMs, nth: restarts + 1, exit, cause },
      nowMs,
    ),
  );
}

type Reason = Exclude<Extract<ServiceState, { name: "failed" }>["reason"], "outage">;

/** The readiness that an `up` asked for is not reached. What runs is left as it is, and goes on being probed. */
export function failVerification(
  record: ServiceRecord,
  reason: Reason,
  exit: Exit | undefined,
  nowMs: number,
): Step {
  const { desired, state } = record;
  const budgetMs = durationMs(desired.readiness.budget);
  const { deadlineMs = state.sinceMs + budgetMs } = state.name === "starting" ? state : record;
  const usedMs = nowMs - (deadlineMs - budgetMs);
  const texts = {
    exited: "it has ended more often than its policy allows",
    deadline: `it was not ready within ${desired.readiness.budget}${unreadyText(record)}`,
    gone: "its container is gone",
    permanent: `it cannot become ready${blamedText(record)}`,
  };
  const kinds = { exited: "exited", deadline: "deadline", gone: "operator", permanent: "unhealthy" } as const;
  const cause: StateCause =
    record.seen === "unseen"
      ? { kind: "engine", text: "the container engine has not said whether it runs" }
      : { kind: kinds[reason], text: texts[reason] };
  return stay(
    become(record, { name: "failed", reason, exit, usedMs: Math.max(0, usedMs), atMs: nowMs, cause }, nowMs),
  );
}

function restartWaitMs({ desired }: ServiceRecord, n: number): number {
  const { initial, multiplier, max } = desired.readiness.restarts.backoff;
  const backoff = { initialMs: durationMs(initial), multiplier, maxMs: durationMs(max), jitter: 0 };
  return backoffMs(backoff, n, () => 0);
}

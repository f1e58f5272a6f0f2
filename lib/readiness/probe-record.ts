import type { ProbeStory } from "../model/control.ts";
import type { Cause, Measured, Outcome } from "../probe/outcome.ts";

/** What is known of a probe since its container started. */
export interface ProbeRecord {
  readonly name: string;
  readonly kind: string;
  /** Every attempt, those with an unknown outcome included. */
  readonly attempts: number;
  /** Passes in a row up to now. */
  readonly streak: number;
  readonly firstPassMs: number | undefined;
  readonly lastCause: Cause | undefined;
  readonly measured: Measured | undefined;
}

/** A probe that has not been asked. */
export function newRecord(name: string, kind: string): ProbeRecord {
  return {
    name,
    kind,
    attempts: 0,
    streak: 0,
    firstPassMs: undefined,
    lastCause: undefined,
    measured: undefined,
  };
}

/** A record after one more attempt. A pass lengthens the streak, a failure ends it, "unknown" leaves it as it is. */
export function recordOutcome(record: ProbeRecord, outcome: Outcome, nowMs: number): ProbeRecord {
  const attempts = record.attempts + 1;
  switch (outcome.status) {
    case "passed":
      return {
        ...record,
        attempts,
        streak: record.streak + 1,
        firstPassMs: record.firstPassMs ?? nowMs,
        measured: outcome.measured ?? record.measured,
      };
    case "failed":
      return {
        ...record,
        attempts,
        streak: 0,
        lastCause: outcome.cause,
        measured: outcome.measured ?? record.measured,
      };
    case "unknown":
      return { ...record, attempts, lastCause: outcome.cause };
  }
}

/** A record as it is told to clients. */
export function probeStory(
  { name, kind, attempts, streak, firstPassMs, lastCause, measured }: ProbeRecord,
  successThreshold: number,
): ProbeStory {
  return { name, kind, attempts, firstPassMs, passing: streak >= successThreshold, lastCause, measured };
}

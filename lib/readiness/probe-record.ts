import type { ProbeStory } from "../model/control.ts";
import type { Probe } from "../model/probe.ts";
import { protocolOf } from "../model/probe.ts";
import type { Cause, Measured, Outcome } from "../probe/outcome.ts";

/** What is known of a probe since its container started. */
export interface ProbeRecord {
  readonly name: string;
  readonly kind: Probe["kind"];
  /** Every attempt, those with an unknown outcome included. */
  readonly attempts: number;
  /** Passes in a row up to now. */
  readonly streak: number;
  readonly firstPassMs: number | undefined;
  readonly lastCause: Cause | undefined;
  readonly measured: Measured | undefined;
}

/** A probe that has not been asked. */
export function newRecord(name: string, kind: Probe["kind"]): ProbeRecord {
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

/**
 * The records of a service's probes, in which a cause that is permanent once the service has passed another
 * probe of the same protocol has become so: who answers one path with 200 and another with 404 will not think
 * otherwise of it by waiting.
 */
export function settleCauses(records: readonly ProbeRecord[]): readonly ProbeRecord[] {
  const protocol = ({ kind }: ProbeRecord) => protocolOf(kind) ?? kind;
  return records.map((record) => {
    const { lastCause } = record;
    if (lastCause?.permanentOncePassing !== true || lastCause.permanent) return record;
    const answers = records.some(
      (other) => other !== record && other.firstPassMs !== undefined && protocol(other) === protocol(record),
    );
    return answers ? { ...record, lastCause: { ...lastCause, permanent: true } } : record;
  });
}

/** A record as it is told to clients. */
export function probeStory(
  { name, kind, attempts, streak, firstPassMs, lastCause, measured }: ProbeRecord,
  successThreshold: number,
): ProbeStory {
  return {
    name,
    kind,
    attempts,
    firstPassMs,
    passing: streak >= successThreshold,
    lastCause: lastCause && { code: lastCause.code, text: lastCause.text, permanent: lastCause.permanent },
    measured,
  };
}

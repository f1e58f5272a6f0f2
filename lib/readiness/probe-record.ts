import type { ProbeStatus } from "../model/status.ts";
import type { ReadinessSpec } from "../model/plan.ts";
import type { Probe } from "../model/probe.ts";
import { protocolOf } from "../model/probe.ts";
import type { Cause, Measured, Outcome } from "../probe/outcome.ts";

/** How often in a row an outcome must come until it counts. */
export type Thresholds = Pick<ReadinessSpec, "successThreshold" | "failureThreshold">;

/** What is known of a probe since its container started. */
export interface ProbeRecord {
  readonly name: string;
  readonly kind: Probe["kind"];
  /** Every attempt, those with an unknown outcome included. */
  readonly attempts: number;
  /** Passes in a row up to now, and failures in a row: one of the two is 0. */
  readonly passes: number;
  readonly failures: number;
  /** It has passed often enough in a row, and not failed often enough in a row since. */
  readonly passing: boolean;
  readonly firstPassMs: number | undefined;
  /** When the first of the passes in a row up to now came out; undefined after a failure. */
  readonly passesSinceMs: number | undefined;
  /** When the last attempt that passed began. */
  readonly passBeganMs: number | undefined;
  readonly lastCause: Cause | undefined;
  readonly measured: Measured | undefined;
}

/** A probe without an attempt. */
export function newRecord(name: string, kind: Probe["kind"]): ProbeRecord {
  return {
    name,
    kind,
    attempts: 0,
    passes: 0,
    failures: 0,
    passing: false,
    firstPassMs: undefined,
    passesSinceMs: undefined,
    passBeganMs: undefined,
    lastCause: undefined,
    measured: undefined,
  };
}

/**
 * A record after one more attempt. `successThreshold` passes in a row make it pass, `failureThreshold` failures in a
 * row make it not pass any more, and "unknown" changes nothing: the rules of the kubelet's prober.
 */
export function recordOutcome(
  record: ProbeRecord,
  outcome: Outcome,
  { successThreshold, failureThreshold }: Thresholds,
  nowMs: number,
  beganMs = nowMs,
): ProbeRecord {
  const attempts = record.attempts + 1;
  switch (outcome.status) {
    case "passed": {
      const passes = record.passes + 1;
      return {
        ...record,
        attempts,
        passes,
        failures: 0,
        passing: record.passing || passes >= successThreshold,
        firstPassMs: record.firstPassMs ?? nowMs,
        passesSinceMs: record.passesSinceMs ?? nowMs,
        passBeganMs: beganMs,
        measured: outcome.measured ?? record.measured,
      };
    }
    case "failed": {
      const failures = record.failures + 1;
      return {
        ...record,
        attempts,
        passes: 0,
        failures,
        passing: record.passing && failures < failureThreshold,
        passesSinceMs: undefined,
        lastCause: outcome.cause,
        measured: outcome.measured ?? record.measured,
      };
    }
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

/** A record as clients get it. */
export function probeStatus({
  passes: _passes,
  failures: _failures,
  passesSinceMs: _passesSince,
  passBeganMs: _passBegan,
  ...status
}: ProbeRecord): ProbeStatus {
  const { lastCause } = status;
  return {
    ...status,
    lastCause: lastCause && { code: lastCause.code, text: lastCause.text, permanent: lastCause.permanent },
  };
}

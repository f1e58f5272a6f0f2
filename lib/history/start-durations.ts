import { percentile } from "../core/percentile.ts";
import type { StartRecord } from "../model/history.ts";

/** How long a service has taken to be ready, over the starts that say so. */
export interface StartDurations {
  readonly service: string;
  /** How many starts count: those that were seen from the container's start and became ready or ran out of time. */
  readonly starts: number;
  /** How many of these ran out of their budget: they took longer, and nobody knows by how much. */
  readonly timedOut: number;
  /** When one of these last did, milliseconds since the epoch. */
  readonly lastTimedOutMs: number | undefined;
  /** Percentiles by nearest rank. Infinity where the rank falls among the starts that ran out of time. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/**
 * The durations of a service's starts at one validation level. Not counted are those that were proven again,
 * that were not seen from the beginning, that ended by themselves, and that were broken off.
 */
export function startDurations(
  service: string,
  level: string,
  records: readonly StartRecord[],
): StartDurations {
  const counted = records.filter(
    ({ fromStart, outcome, status, failure }) =>
      fromStart &&
      status.service === service &&
      status.level === level &&
      (outcome === "ready" || failure?.reason === "deadline"),
  );
  const late = counted.filter(({ outcome }) => outcome === "failed");
  const times = counted.map(({ outcome, status }) =>
    outcome === "ready" ? (status.readyAfterMs ?? Infinity) : Infinity,
  );
  return {
    service,
    starts: counted.length,
    timedOut: late.length,
    lastTimedOutMs: late.length === 0 ? undefined : Math.max(...late.map(({ beganMs }) => beganMs)),
    p50Ms: percentile(times, 50),
    p95Ms: percentile(times, 95),
    p99Ms: percentile(times, 99),
  };
}

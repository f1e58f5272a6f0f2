/** How long the attempts of probes have taken, as the history has it. Times are milliseconds, instants since the epoch. */

/** One attempt, as it is kept for a day. */
export interface AttemptLatency {
  readonly status: "passed" | "failed" | "unknown";
  readonly tookMs: number;
  readonly atMs: number;
}

/** What the attempts of one probe have come to. Percentiles are of those that have passed, and null where none has. */
export interface ProbeLatency {
  readonly service: string;
  readonly probe: string;
  readonly passed: number;
  readonly failed: number;
  /** Those that say nothing of the service. */
  readonly unknown: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
  /** The 95th percentile of each of {@link latencyParts} equal parts of the time, oldest first. */
  readonly course: readonly (number | null)[];
  /** Each attempt, oldest first, where they were wanted: the last {@link mostAttempts} of the last day. */
  readonly attempts?: readonly AttemptLatency[];
}

export interface Latencies {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** In the order of the start. */
  readonly probes: readonly ProbeLatency[];
}

/** Into how many parts the time is cut. */
export const latencyParts = 24;

/** The most single attempts of one probe in an answer. */
export const mostAttempts = 500;

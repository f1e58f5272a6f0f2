import type { Kinded } from "./kinds.ts";

// What the engine takes where a health check says nothing.
const defaults = { intervalMs: 30_000, retries: 3, startPeriodMs: 0 };
const withoutCheckMs = 60_000;
const jobMs = 300_000;
const shortestMs = 30_000;

/**
 * How long a service may take to be ready: as long as its health check would have given it before the engine called it
 * unhealthy; a minute where it has none, and five for a job, of which compose says nothing.
 */
export function budgetOf({ kind, service: { healthcheck } }: Kinded): number {
  if (kind === "job") return jobMs;
  if (healthcheck === undefined || healthcheck.disable === true) return withoutCheckMs;
  const { interval = defaults.intervalMs, retries = defaults.retries, start_period: start = 0 } = healthcheck;
  return Math.max(shortestMs, start + interval * retries);
}

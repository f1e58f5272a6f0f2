import type { JobTimesPlan } from "./job.ts";
import type { Probe } from "./probe.ts";
import { readsLog } from "./reads-log.ts";

/** Of a service, what decides who starts its container for the first time. */
export interface FirstStart extends JobTimesPlan {
  readonly probes: Readonly<Record<string, Probe>>;
}

/**
 * Whether the coordinator starts the container for the first time; an `up` starts the others itself. Of a job it alone knows what has
 * run before. Where a probe reads the log it has to listen first: a line without an end, written before that, is never seen.
 */
export function isStartedByCoordinator({ runs, schedule, probes }: FirstStart): boolean {
  const isRunByItself = schedule !== undefined || (runs !== undefined && runs !== "whenChanged");
  return isRunByItself || Object.values(probes).some(readsLog);
}

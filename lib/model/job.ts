import { z } from "zod";

/**
 * When an `up` runs a job:
 * - `once`: until it has completed once in this stack, and never again, though its image or its settings change. A run that failed
 *   does not count. What the stack's volumes hold, the coordinator's among them, is what it has done: where they are deleted with
 *   the stack it is run again, where they are kept it is not
 * - `whenChanged`: where its container is another one than before, since its image or its settings have changed, and where its last
 *   run failed
 * - `everyUp`: in each `up`. What needs it waits for that run, and is not restarted for it unless its edge says so
 *
 * A job that is run by hand, or because of its own edge to what it needs, is run besides that.
 */
export const jobRuns = ["once", "whenChanged", "everyUp"] as const;
export type JobRuns = (typeof jobRuns)[number];

/** What only a job may say. */
export interface JobTimes {
  /** When an `up` runs it. Default `"whenChanged"`. */
  readonly runs?: JobRuns;
}

/** Accepts it as it is declared. */
export const declaredJobTimes = {
  runs: z.enum(jobRuns, { error: 'must be "once", "whenChanged" or "everyUp"' }).optional(),
};

/** In a plan. Absent: `whenChanged`, and for what is no job. */
export const jobTimesPlan = { runs: z.enum(jobRuns).optional() };

/** What the plan has of it. */
export function resolveJobTimes({ runs }: JobTimes): JobTimes {
  return { ...(runs !== undefined && runs !== "whenChanged" && { runs }) };
}

/** Whether its runs are routine: what needs it is not restarted for them unless its edge says so. */
export function runsByRoutine({ runs }: JobTimes): boolean {
  return runs === "everyUp";
}

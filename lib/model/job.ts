import { z } from "zod";
import type { DeclaredSchedule, Schedule } from "./schedule.ts";
import { declaredSchedule, resolveSchedule, scheduleSchema } from "./schedule.ts";

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
export interface JobTimes extends DeclaredSchedule {
  /** When an `up` runs it. Default `"whenChanged"`; of a job with a schedule, never: its gate does not wait for it. */
  readonly runs?: JobRuns;
}

/** Accepts it as it is declared. */
export const declaredJobTimes = {
  runs: z.enum(jobRuns, { error: 'must be "once", "whenChanged" or "everyUp"' }).optional(),
  ...declaredSchedule,
};

/** When a job runs, in a plan. */
export const jobTimesPlan = {
  /** Absent: `whenChanged`, or, with a schedule, by no `up`; and for what is no job. */
  runs: z.enum(jobRuns).optional(),
  /** When the coordinator runs it by itself. */
  schedule: scheduleSchema.optional(),
};

/** When a job runs, resolved. */
export interface JobTimesPlan {
  readonly runs?: JobRuns | undefined;
  readonly schedule?: Schedule | undefined;
}

/** What the plan has of it. */
export function resolveJobTimes({ runs, ...times }: JobTimes): JobTimesPlan {
  const schedule = resolveSchedule(times);
  const isDefault = runs === undefined || (runs === "whenChanged" && schedule === undefined);
  return { ...(!isDefault && { runs }), ...(schedule && { schedule }) };
}

/** Whether its runs are routine: what needs it is not restarted for them unless its edge says so. */
export function runsByRoutine({ runs, schedule }: JobTimes): boolean {
  return runs === "everyUp" || schedule !== undefined;
}

/** Whether an `up` runs it at all. */
export function runsAtUp({
  runs,
  schedule,
}: {
  readonly runs?: JobRuns | undefined;
  readonly schedule?: unknown;
}): boolean {
  return schedule === undefined || runs !== undefined;
}

import { Cron } from "croner";
import { z } from "zod";
import type { Duration } from "../core/duration.ts";
import { durationSchema, positiveDuration } from "../core/duration.ts";
import { textThat } from "../core/schema-parts.ts";

/** What becomes of a run that could not begin at its time. */
export const missedRuns = ["skip", "run"] as const;

/** When the coordinator runs a job by itself. The fields and their names are those of Kubernetes' CronJob, as far as it has them. */
export interface DeclaredSchedule {
  /**
   * When the coordinator runs it: minute, hour, day of the month, month, day of the week, as in crontab(5); six fields begin with
   * the second. An `up` runs it then only where `runs` says so. Default: it has no schedule.
   */
  readonly schedule?: string;
  /** The zone by whose clocks the schedule is read: "Europe/Berlin". Default "UTC". */
  readonly timeZone?: string;
  /**
   * What becomes of a run whose time passed while the coordinator or the engine was down, or the stack was held. `skip`: it is said,
   * and not made up for, as by cron and by a systemd timer that is not persistent. `run`: the latest of them is run late, once, as by
   * Kubernetes. Default `"skip"`.
   */
  readonly missed?: (typeof missedRuns)[number];
  /** How late a missed run may begin, where `missed` is `"run"`. Default: however late. */
  readonly startingDeadline?: Duration;
}

/** Accepts it as it is declared. */
export const declaredSchedule = {
  schedule: textThat(
    (text) => isSchedule(text),
    'a schedule such as "0 3 * * *": minute, hour, day of the month, month, day of the week, that comes round',
  ).optional(),
  timeZone: textThat(isTimeZone, 'a time zone such as "Europe/Berlin" or "UTC"').optional(),
  missed: z.enum(missedRuns, { error: 'must be "skip" or "run"' }).optional(),
  startingDeadline: positiveDuration.optional(),
};

/** A schedule, in a plan. */
export const scheduleSchema = z.strictObject({
  /** As in crontab(5), with or without a field for the second before the others. */
  cron: z.string(),
  timeZone: z.string(),
  missed: z.enum(missedRuns),
  startingDeadline: durationSchema.optional(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** What the plan has of it; undefined for a job without a schedule. */
export function resolveSchedule({
  schedule,
  timeZone = "UTC",
  missed = "skip",
  startingDeadline,
}: DeclaredSchedule): Schedule | undefined {
  if (schedule === undefined) return undefined;
  return { cron: schedule, timeZone, missed, ...(startingDeadline && { startingDeadline }) };
}

/** Reading a pattern costs more than asking it. */
const known = new Map<string, Cron>();

function cronOf({ cron, timeZone }: Pick<Schedule, "cron" | "timeZone">): Cron {
  const key = `${timeZone} ${cron}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  // Without a function it is a reading of the pattern, and no timer.
  const made = new Cron(cron, { timezone: timeZone, mode: "5-or-6-parts" });
  known.set(key, made);
  return made;
}

/**
 * The first time after an instant, in milliseconds since the epoch; undefined where there is none. Where clocks are put forward, a run
 * whose time there is not is made right after the gap; where they are put back, one whose time comes twice is made at the first: the
 * rules of Vixie cron, for a schedule that names one second, minute and hour. One that comes round more often than that skips what
 * there is not, and runs in both.
 */
export function nextRunMs(
  schedule: Pick<Schedule, "cron" | "timeZone">,
  afterMs: number,
): number | undefined {
  return cronOf(schedule).nextRun(new Date(afterMs))?.getTime();
}

/** The last time up to an instant, that one included. */
export function lastRunMs(
  schedule: Pick<Schedule, "cron" | "timeZone">,
  untilMs: number,
): number | undefined {
  return cronOf(schedule)
    .previousRuns(2, new Date(untilMs + 1000))
    .map((date) => date.getTime())
    .find((ms) => ms <= untilMs);
}

function isSchedule(text: string): boolean {
  try {
    // An instant that is always the same: a declaration is right or wrong whenever it is read.
    return nextRunMs({ cron: text, timeZone: "UTC" }, Date.UTC(2024, 0, 1)) !== undefined;
  } catch {
    return false;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

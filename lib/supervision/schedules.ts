/** When jobs are run by their schedules. The clock is passed in: it is that of people, and may be changed. */
import { describeMs, durationMs } from "../core/duration.ts";
import { instantText } from "../core/instant.ts";
import type { Schedule } from "../model/schedule.ts";
import { lastRunMs, nextRunMs } from "../model/schedule.ts";
import type { Decision } from "./decisions.ts";
import { isUnderWay } from "./job-runs.ts";
import type { Records, ServiceRecord } from "./service-record.ts";

/** How late a run may begin to be on time: as often as Kubernetes' controller looks at its CronJobs. */
const onTimeMs = 10_000;

/** So many runs that have passed are counted one by one; as in Kubernetes, where more are no more than many. */
const mostCounted = 100;

/** The times of a schedule after an instant and up to now: the first, the last, and how many there are. */
export interface DueTimes {
  readonly firstMs: number;
  readonly lastMs: number;
  /** Infinity for more than a hundred. */
  readonly count: number;
}

export function dueTimes(schedule: Schedule, sinceMs: number, nowMs: number): DueTimes | undefined {
  const firstMs = nextRunMs(schedule, sinceMs);
  if (firstMs === undefined || firstMs > nowMs) return undefined;
  let lastMs = firstMs;
  for (let count = 1; count <= mostCounted; count++) {
    const next = nextRunMs(schedule, lastMs);
    if (next === undefined || next > nowMs) return { firstMs, lastMs, count };
    lastMs = next;
  }
  return { firstMs, lastMs: lastRunMs(schedule, nowMs) ?? lastMs, count: Infinity };
}

/**
 * What jobs are to be sent because of the time that has come. A run begins at its time; one that cannot, since the one before is not
 * over, the stack is held or somebody has stopped the job, is not made up for. What has passed meanwhile, since nobody was there, is
 * said, and made up for once where the schedule says so.
 * @param wallMs now, as people have it
 */
export function dueRuns(
  records: Records,
  { wallMs, held }: { readonly wallMs: number; readonly held: boolean },
): Decision[] {
  return [...records].flatMap(([service, record]): Decision[] => {
    const { schedule } = record.desired;
    if (schedule === undefined || record.resumed) return [];
    const { scheduledMs } = record;
    // Times that have passed before anybody asked for it are nobody's. A clock that was put back begins again there.
    if (scheduledMs === undefined || scheduledMs > wallMs + clockMs)
      return [{ service, event: { type: "scheduled", handledMs: wallMs } }];
    const due = dueTimes(schedule, scheduledMs, wallMs);
    if (due === undefined) return [];
    // What is to be made up for is, when the hold ends.
    if (held && schedule.missed === "run") return [];
    return [
      {
        service,
        event: {
          type: "scheduled",
          handledMs: wallMs,
          ...judged(records, record, due, schedule, { wallMs, held }),
        },
      },
    ];
  });
}

/** A machine's clock is corrected by less than this all the time. */
const clockMs = 60_000;

function judged(
  records: Records,
  record: ServiceRecord,
  { firstMs, lastMs, count }: DueTimes,
  { missed, startingDeadline }: Schedule,
  { wallMs, held }: { readonly wallMs: number; readonly held: boolean },
): { readonly due?: string; readonly missed?: string } {
  const lateMs = wallMs - lastMs;
  const isOnTime = lateMs <= onTimeMs;
  const deadlineMs = startingDeadline === undefined ? Infinity : durationMs(startingDeadline);
  const why = hindrance(records, record, held);
  const runs = why === undefined && (isOnTime || (missed === "run" && lateMs <= deadlineMs));
  const at = instantText(lastMs);
  const lost = runs ? count - 1 : count;
  const reason = why ?? "it could not begin in time";
  return {
    ...(runs && { due: isOnTime ? `due at ${at}` : `due at ${at}, begun ${describeMs(lateMs)} late` }),
    ...(lost > 0 && { missed: `${lostText(lost, firstMs)}: ${reason}` }),
  };
}

function lostText(lost: number, firstMs: number): string {
  if (lost === 1) return `its run of ${instantText(firstMs)} is missed`;
  const many = lost === Infinity ? `more than ${mostCounted}` : lost;
  return `${many} runs since ${instantText(firstMs)} are missed`;
}

/** Why a job cannot be run now. */
function hindrance(records: Records, record: ServiceRecord, held: boolean): string | undefined {
  if (held) return "the stack is held";
  if (record.state.name === "stopped") return "it is stopped";
  if (isUnderWay(record)) return "the run before it is not over";
  const root = record.down === undefined ? undefined : records.get(record.down.service);
  return root?.state.name === "stopped" ? record.down?.text : undefined;
}

/** When the next of all schedules comes round, on the same clock; Infinity for never. */
export function nextDueMs(records: Records, wallMs: number): number {
  return Math.min(
    Infinity,
    ...[...records.values()].map(({ desired: { schedule }, scheduledMs = wallMs }) =>
      schedule === undefined ? Infinity : (nextRunMs(schedule, scheduledMs) ?? Infinity),
    ),
  );
}

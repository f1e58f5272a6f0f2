import type { Clock } from "../../core/clock.ts";
import { changeOrInstant } from "../../readiness/changes.ts";
import { dueRuns, nextDueMs } from "../../supervision/schedules.ts";
import type { Log } from "../log.ts";
import type { Supervisor } from "./supervisor.ts";

/** As often as that people's clock is looked at in any case: it may have been changed. */
const atLeastEveryMs = 30_000;

/** Runs jobs by their schedules, until the signal aborts. */
export async function runSchedules(
  {
    supervisor,
    clock,
    wallMs,
    log,
  }: {
    readonly supervisor: Supervisor;
    readonly clock: Clock;
    readonly wallMs: () => number;
    readonly log: Log;
  },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const nowMs = wallMs();
    const records = supervisor.records();
    const isAny = [...records.values()].some(({ desired }) => desired.schedule !== undefined);
    if (isAny && supervisor.awake())
      for (const { service, event } of dueRuns(records, { wallMs: nowMs, held: supervisor.held() })) {
        if (event.type === "scheduled" && event.missed !== undefined)
          log("schedule-missed", { service, text: event.missed });
        supervisor.find(service)?.actor.send(event);
      }
    // What is due and waits, for the end of a hold, say, is looked at again with the next change.
    const nextMs = nextDueMs(records, nowMs) - wallMs();
    const waitMs = nextMs > 0 ? Math.min(nextMs, atLeastEveryMs) : atLeastEveryMs;
    await changeOrInstant(supervisor.changed, clock, isAny ? clock.now() + waitMs : Infinity, signal);
  }
}

import { durationMs } from "../core/duration.ts";
import type { DesiredService } from "./desired-service.ts";
import { atRest, restOf, toRun } from "./job-runs.ts";
import { order } from "./orders.ts";
import type { ServiceEvent, Step } from "./service-event.ts";
import type { ServiceRecord } from "./service-record.ts";
import { isRunning, newProbes, newRecord, toBeRestarted } from "./service-record.ts";
import { become, becomeStarting, stay } from "./steps.ts";

type Applied = Extract<ServiceEvent, { type: "applied" }>;

/**
 * An `up` says what it wants. Another container is another service; of the same one only what has changed is done: another spec
 * or a higher verification is proven, another generation is a restart that the `up` wants, and everything else is taken over as it
 * is, with no new proof.
 */
export function applied(before: ServiceRecord, event: Applied, nowMs: number): Step {
  const { desired, needed } = event;
  if (before.desired.workload !== desired.workload) return replaced(before, event, nowMs);
  const known = Object.fromEntries(
    Object.keys(desired.needs).flatMap((name) => {
      const generation = before.against[name] ?? needed[name];
      return generation === undefined ? [] : [[name, generation]];
    }),
  ) as Record<string, number>;
  const slowness = desired.specHash === before.desired.specHash ? before.slowness : {};
  const { scheduledMs } = sameSchedule(before.desired, desired) ? before : { scheduledMs: undefined };
  const record: ServiceRecord = { ...before, desired, against: known, slowness, scheduledMs };
  const next = desired.generation === before.desired.generation ? undefined : another(record, event, nowMs);
  if (next !== undefined) return next;
  const proveAgain =
    desired.specHash !== before.desired.specHash || desired.verification > before.desired.verification;
  return proveAgain ? verify(record, event, nowMs) : stay(record);
}

function replaced(before: ServiceRecord, event: Applied, nowMs: number): Step {
  const { desired, needed, again, waitsForNeeds } = event;
  const record = newRecord(desired, before.generation + 1, needed, nowMs, { isNew: !again, waitsForNeeds });
  const { nextAct, down, excused, completed } = before;
  // A schedule goes on where it was.
  const { scheduledMs } = sameSchedule(before.desired, desired) ? before : { scheduledMs: undefined };
  const next = atRest({ ...record, nextAct, down, excused, completed, scheduledMs }, nowMs);
  return stay(next.record, { type: "look" });
}

/**
 * The `up` wants another run of the container. One that runs already, with what it needs as it is now, is it: then there is
 * nothing to do.
 */
function another(
  record: ServiceRecord,
  { desired, restartFor, needed }: Applied,
  nowMs: number,
): Step | undefined {
  const { state, against } = record;
  const settled = restartFor.every((name) => against[name] === needed[name]);
  if (restartFor.length > 0 && !settled) {
    return stay(become({ ...record, wanted: restartFor, reported: false }, toBeRestarted(restartFor), nowMs));
  }
  if (isRunning(record) || state.name === "restarting" || record.act !== undefined) return undefined;
  if (restOf(record) !== undefined) return undefined;
  if (desired.readiness.job) {
    const text = desired.runs === "everyUp" ? "it runs at every up" : "to be run again";
    return toRun(record, { kind: "deployment", text }, nowMs);
  }
  const cause = { kind: "deployment", text: "to be started again" } as const;
  const restarting = { name: "restarting", dueMs: nowMs, nth: 0, exit: undefined, cause } as const;
  const fresh = {
    ...record,
    // It is started with what it needs as that is now.
    against: { ...against, ...needed },
    restarts: 0,
    restartsMs: [],
    orderedMs: undefined,
    reported: false,
    deadlineMs: undefined,
  };
  return order(become({ ...fresh, by: "deployment" }, restarting, nowMs), "start", nowMs);
}

/** A service that has just been applied, and was not known before. */
export function added(
  desired: DesiredService,
  needed: ServiceRecord["against"],
  nowMs: number,
  how: Parameters<typeof newRecord>[4],
): ServiceRecord {
  return atRest(newRecord(desired, 1, needed, nowMs, how), nowMs).record;
}

function sameSchedule({ schedule: a }: DesiredService, { schedule: b }: DesiredService): boolean {
  return a?.cron === b?.cron && a?.timeZone === b?.timeZone;
}

/** Proves it again as it runs. What does not run is proven by whatever starts it. */
function verify(record: ServiceRecord, { desired, needed }: Applied, nowMs: number): Step {
  const { state } = record;
  if (restOf(record) !== undefined) return atRest({ ...record, reported: false }, nowMs);
  const fresh = {
    ...record,
    probes: newProbes(desired),
    restarts: 0,
    deadlineMs: undefined,
    reported: false,
    against: { ...record.against, ...needed },
  };
  if (state.name === "pending" || state.name === "restarting") return stay(fresh);
  const cause = { kind: "deployment", text: "to be proven again" } as const;
  if (isRunning(record) || (desired.readiness.job && state.name === "ready")) {
    const deadlineMs = nowMs + durationMs(desired.readiness.budget);
    return stay(becomeStarting(fresh, deadlineMs, cause, nowMs));
  }
  return stay(fresh);
}

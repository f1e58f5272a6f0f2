import { durationMs } from "../core/duration.ts";
import { isDoneForGood, toRun } from "./job-runs.ts";
import { order } from "./orders.ts";
import type { ServiceEvent, Step } from "./service-event.ts";
import type { ServiceRecord } from "./service-record.ts";
import { isRunning, newProbes, newRecord, toBeRestarted } from "./service-record.ts";
import { become, becomeReady, becomeStarting, stay } from "./steps.ts";

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
  const record: ServiceRecord = { ...before, desired, against: known, slowness };
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
  const next = { ...record, nextAct, down, excused, completed };
  // Its container stays as it was created.
  const standing = isDoneForGood(next) ? becomeReady(next, onceOnly, nowMs, nowMs).record : next;
  return stay(standing, { type: "look" });
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
  if (isDoneForGood(record)) return undefined;
  if (desired.readiness.job) {
    const text = desired.runs === "everyUp" ? "it runs at every up" : "to be run again";
    return toRun({ ...record, isNew: false }, { kind: "deployment", text }, nowMs);
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

const onceOnly = { kind: "deployment", text: "it has completed before, and runs once" } as const;

/** Proves it again as it runs. What does not run is proven by whatever starts it. */
function verify(record: ServiceRecord, { desired, needed }: Applied, nowMs: number): Step {
  const { state } = record;
  const fresh = {
    ...record,
    probes: newProbes(desired),
    restarts: 0,
    deadlineMs: undefined,
    reported: false,
    against: { ...record.against, ...needed },
  };
  if (state.name === "pending" || state.name === "restarting") return stay(fresh);
  if (isDoneForGood(record) && !isRunning(record)) return becomeReady(fresh, onceOnly, nowMs, nowMs);
  const cause = { kind: "deployment", text: "to be proven again" } as const;
  if (isRunning(record) || (desired.readiness.job && state.name === "ready")) {
    const deadlineMs = nowMs + durationMs(desired.readiness.budget);
    return stay(becomeStarting(fresh, deadlineMs, cause, nowMs));
  }
  return stay(fresh);
}

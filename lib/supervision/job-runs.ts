/** When a job runs, and what its runs mean for others. */
import { order } from "./orders.ts";
import type { Step } from "./service-event.ts";
import type { ServiceRecord } from "./service-record.ts";
import { newProbes } from "./service-record.ts";
import type { StateCause } from "./service-state.ts";
import { become, stay } from "./steps.ts";

/** Whether a job has done its work once and for all: an `up` does not run it again. */
export function isDoneForGood({ desired, completed }: Pick<ServiceRecord, "desired" | "completed">): boolean {
  return desired.runs === "once" && completed !== undefined;
}

/**
 * Whether a job that has done its work before runs again because somebody wants it to: what it has done is there meanwhile, so
 * nobody who needs it is impaired.
 */
export function isRunAgain({ desired, completed, state }: ServiceRecord): boolean {
  if (!desired.readiness.job || completed === undefined) return false;
  const wished = state.cause.kind === "deployment" || state.cause.kind === "operator";
  return wished && (state.name === "pending" || state.name === "starting");
}

/** A job is to be run once more: as soon as what it needs is ready. */
export function toRun(record: ServiceRecord, cause: StateCause, nowMs: number): Step {
  const fresh = { ...record, reported: false };
  return stay(become(fresh, { name: "pending", waitsFor: "needs", cause }, nowMs));
}

/**
 * What waits for its needs is started: a container that an `up` has created for the first time, a job once more. The budget begins
 * when it runs, as if who wants it had started it.
 */
export function startNow(before: ServiceRecord, needed: ServiceRecord["against"], nowMs: number): Step {
  const { cause } = before.state;
  const fresh: ServiceRecord = {
    ...before,
    against: { ...before.against, ...needed },
    probes: newProbes(before.desired),
    // Each run that is wanted begins to count again.
    ...{ restarts: 0, restartsMs: [], orderedMs: undefined, deadlineMs: undefined },
    by: cause.kind,
  };
  return order(become(fresh, { name: "pending", waitsFor: "creator", cause }, nowMs), "start", nowMs);
}

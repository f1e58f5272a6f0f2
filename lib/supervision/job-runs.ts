/** When a job runs, and what its runs mean for others. */
import { runsAtUp } from "../model/job.ts";
import { exitText } from "../readiness/gate-text.ts";
import type { Exit } from "../readiness/service-container.ts";
import { order } from "./orders.ts";
import type { ServiceEvent, Step } from "./service-event.ts";
import type { ServiceRecord } from "./service-record.ts";
import { isRunning, newProbes } from "./service-record.ts";
import type { StateCause } from "./service-state.ts";
import { become, becomeReady, stay } from "./steps.ts";

/** Why an `up` leaves a job alone: it has done its work once and for all, or waits for its schedule. Undefined where it runs it. */
export function restOf({ desired, completed }: ServiceRecord): string | undefined {
  if (!runsAtUp(desired)) return "it waits for its schedule";
  return desired.runs === "once" && completed !== undefined
    ? "it has completed before, and runs once"
    : undefined;
}

/** A job that an `up` leaves alone is ready as it is. What it is at goes on. */
export function atRest(record: ServiceRecord, nowMs: number): Step {
  const text = restOf(record);
  if (text === undefined) return stay(record);
  const { verification, specHash } = record.desired;
  const verified = { verification, specHash, generation: record.generation };
  const { state, startedMs, act } = record;
  // What it is at, a failure, and somebody's stop stay what they are.
  const isNew = state.name === "pending" && startedMs === undefined && act === undefined;
  if (!isNew && state.name !== "ready") return stay({ ...record, verified });
  return becomeReady(record, { kind: "deployment", text }, nowMs, nowMs);
}

/** Whether a run of a job is not over: it runs, or is to be started, or to be repeated since it failed. */
export function isUnderWay(record: ServiceRecord): boolean {
  const { state, act } = record;
  if (act !== undefined || isRunning(record)) return true;
  return (
    state.name === "starting" ||
    state.name === "restarting" ||
    (state.name === "pending" && state.waitsFor !== "creator")
  );
}

/**
 * Whether a job that has done its work before runs again because somebody wants it to: what it has done is there meanwhile, so
 * nobody who needs it is impaired.
 */
export function isRunAgain({ desired, completed, state }: ServiceRecord): boolean {
  if (!desired.readiness.job || completed === undefined) return false;
  return (
    state.cause.kind === "deployment" &&
    ((state.name === "pending" && state.waitsFor !== "dependency") || state.name === "starting")
  );
}

/** A job is to be run once more: as soon as what it needs is ready. */
export function toRun(record: ServiceRecord, cause: StateCause, nowMs: number): Step {
  const fresh = { ...record, isNew: false, reported: false, run: { for: cause.kind } };
  return stay(become(fresh, { name: "pending", waitsFor: "needs", cause }, nowMs));
}

/** Somebody wants a job to be run, by hand. */
export function runByHand(record: ServiceRecord, cause: StateCause, nowMs: number): Step {
  return isUnderWay(record) ? stay(record) : toRun(record, cause, nowMs);
}

/** Its schedule has come round, or has while nobody could run it. */
export function scheduled(
  before: ServiceRecord,
  { handledMs, due, missed }: Extract<ServiceEvent, { type: "scheduled" }>,
  nowMs: number,
): Step {
  const said = missed === undefined ? before.said : { kind: "schedule" as const, text: missed };
  const record = { ...before, scheduledMs: handledMs, said };
  return due === undefined || isUnderWay(record)
    ? stay(record)
    : toRun(record, { kind: "schedule", text: due }, nowMs);
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
    ...{ restarts: 0, restartsMs: [], orderedMs: undefined, deadlineMs: undefined, reported: false },
    by: cause.kind,
    run: { for: cause.kind },
  };
  return order(become(fresh, { name: "pending", waitsFor: "creator", cause }, nowMs), "start", nowMs);
}

/** Whether somebody runs a job by hand, who sees how it ends: it is not repeated then. */
export function isByHand({ desired, run }: ServiceRecord): boolean {
  return desired.readiness.job && run?.for === "operator";
}

/** A run by hand has ended badly. */
export function failByHand(record: ServiceRecord, exit: Exit, nowMs: number): Step {
  const cause = { kind: "exited", text: exitText(exit) } as const;
  const usedMs = record.startedMs === undefined ? 0 : Math.max(0, nowMs - record.startedMs);
  const failed = { name: "failed", reason: "exited", exit, usedMs, atMs: nowMs, cause } as const;
  return stay(become(record, failed, nowMs));
}

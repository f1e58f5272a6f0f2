import { durationMs } from "../core/duration.ts";
import { deadlineMs } from "../readiness/deadline.ts";
import { exitText } from "../readiness/gate-text.ts";
import type { ContainerRun } from "../readiness/service-container.ts";
import { exitOf } from "../readiness/service-container.ts";
import { fail } from "./failing.ts";
import { failByHand, isByHand } from "./job-runs.ts";
import { order } from "./orders.ts";
import type { Effect, ServiceEvent, Step } from "./service-event.ts";
import type { ServiceRecord } from "./service-record.ts";
import { isVerified, newProbes } from "./service-record.ts";
import type { StateCause } from "./service-state.ts";
import { become, becomeStarting, stay } from "./steps.ts";
import { isGoodEnd } from "../model/good-end.ts";

/** How long after an order of somebody a workload that ends is taken to have ended by it: the longest grace that is usual. */
const orderedWithinMs = 5 * 60_000;

/** What the platform shows now. While it carries out an order, what it shows is noted, and judged when it has answered. */
export function seen(
  before: ServiceRecord,
  { seen: sighting, look }: Extract<ServiceEvent, { type: "seen" }>,
  nowMs: number,
): Step {
  const record = { ...before, seen: sighting, look };
  if (record.resumed) return resumed({ ...record, resumed: false }, nowMs);
  if (record.act !== undefined) return stay(record);
  const next = settle(record, nowMs);
  return sameLook(before, record) ? next : { ...next, effects: [...next.effects, { type: "tryNow" }] };
}

function sameLook({ seen: a }: ServiceRecord, { seen: b }: ServiceRecord): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return (["running", "startedMs", "health"] as const).every((key) => a[key] === b[key]);
}

/** Draws the conclusions from what was last seen. */
export function settle(record: ServiceRecord, nowMs: number): Step {
  const { seen: sighting, startedMs, ended } = record;
  if (sighting === "unseen") return stay(record);
  if (sighting === "gone") return gone(record, nowMs);
  if (sighting.startedMs === undefined)
    return sighting.startError === "" ? stay(record) : neverStarted(record, sighting, nowMs);
  const isNew = sighting.startedMs !== startedMs;
  const begun = isNew ? newRun(record, sighting.startedMs, nowMs) : record;
  if (sighting.running) return isNew ? began(begun, nowMs) : stay(begun);
  if (!isNew && ended) return stay(begun);
  return hasEnded(begun, sighting, isNew, nowMs);
}

/** A run that was not known. The first of a generation belongs to it; another one is a generation of its own. */
function newRun(record: ServiceRecord, startedMs: number, nowMs: number): ServiceRecord {
  const unseenEnd = record.startedMs !== undefined && !record.ended;
  // An order that was not answered may have been carried out all the same.
  const by = unseenEnd && record.state.name !== "restarting" ? "operator" : record.by;
  // A job that has done its work has not failed: it goes on to its next generation when it runs again.
  const another = unseenEnd || record.completed?.generation === record.generation;
  const generation = another ? record.generation + 1 : record.generation;
  const begun: ServiceRecord = { ...record, startedMs, ended: false, by, generation };
  return { ...begun, deadlineMs: deadlineOf(begun, nowMs) };
}

/** By when the run that has begun is to be ready. The budget of a proof that its failure policy goes on with is not a new one. */
function deadlineOf(record: ServiceRecord, nowMs: number): number {
  const { desired, startedMs } = record;
  const budgetMs = durationMs(desired.readiness.budget);
  const goesOn = isVerified(record) ? undefined : record.deadlineMs;
  const deadline = goesOn ?? (isFirst(record) ? deadlineMs(startedMs, budgetMs, nowMs) : nowMs + budgetMs);
  // The platform's clock may be ahead.
  return Math.min(deadline, nowMs + budgetMs);
}

/** Whether it is the first run of a workload that was created for this service: the budget of another one begins now. */
function isFirst({ isNew, state }: ServiceRecord): boolean {
  return isNew && state.name === "pending" && state.waitsFor === "creator";
}

/** A run has begun: its probes decide from now on. */
export function began(record: ServiceRecord, nowMs: number): Step {
  const { state, desired, by } = record;
  const expected = state.name === "restarting" || state.name === "pending";
  const cause: StateCause = isFirst(record)
    ? { kind: "deployment", text: "its container was started" }
    : expected
      ? state.cause
      : { kind: "operator", text: "it was started by other means than the coordinator" };
  const fresh = {
    ...record,
    ended: false,
    probes: newProbes(desired),
    orderedMs: undefined,
    by: expected ? by : ("operator" as const),
  };
  return stay(becomeStarting(fresh, deadlineOf(record, nowMs), cause, nowMs));
}

function neverStarted(record: ServiceRecord, sighting: ContainerRun, nowMs: number): Step {
  const { state } = record;
  if (state.name === "failed" || state.name === "stopped" || state.name === "givenUp") return stay(record);
  if (state.name === "pending" && state.waitsFor === "needs") return stay(record);
  if (state.name === "restarting" && state.exit?.startError === sighting.startError) return stay(record);
  const exit = exitOf(sighting);
  return fail(record, { kind: "exited", text: exitText(exit) }, exit, nowMs);
}

function hasEnded(before: ServiceRecord, sighting: ContainerRun, isNew: boolean, nowMs: number): Step {
  const { desired, state, orderedMs } = before;
  const record = { ...before, ended: true };
  if (isGoodEnd(desired.readiness, sighting.exitCode)) return goodEnd(record, nowMs);
  const next = {
    ...record,
    generation: record.generation + 1,
    probes: probesAfterEnd(record, sighting.exitCode),
  };
  if (record.wanted !== undefined) return stay(next);
  // It is about to be started in any case. A run that has just been started, and has ended, is a failure of its own.
  const waits = state.name === "restarting" || (state.name === "pending" && state.waitsFor !== "creator");
  if (state.name === "stopped" || (waits && !isNew)) return stay(next);
  if (orderedMs !== undefined && nowMs - orderedMs < orderedWithinMs) return noted(next, nowMs);
  if (state.name === "failed" || state.name === "givenUp") return stay(next);
  const exit = exitOf(sighting);
  if (isByHand(record) && isVerified(record)) return failByHand(next, exit, nowMs);
  return fail({ ...next, by: "exited" }, { kind: "exited", text: exitText(exit) }, exit, nowMs);
}

/** What was answered while a job ran is not true any more: that it is still running. */
function probesAfterEnd({ probes, desired }: ServiceRecord, exitCode: number): ServiceRecord["probes"] {
  return probes.map((known) => {
    const probe = desired.readiness.probes[known.name];
    if (probe?.kind !== "completed") return known;
    const text = `${desired.service} ended with exit code ${exitCode}, expected ${probe.exitCode}`;
    return { ...known, passing: false, lastCause: { code: "exited", text, permanent: true } };
  });
}

/** A job has done its work: its probes say so. */
function goodEnd(record: ServiceRecord, nowMs: number): Step {
  const { state } = record;
  const tryNow: Effect = { type: "tryNow" };
  if (state.name === "starting" || state.name === "ready" || state.name === "degraded")
    return stay(record, tryNow);
  // Another coordinator knew of that run, and this one is asked for the next.
  if (state.name === "pending" && state.waitsFor === "needs" && record.desired.runs === "everyUp")
    return stay(record);
  const next = began(record, nowMs);
  return { ...next, effects: [...next.effects, tryNow] };
}

/** Somebody stopped it through the platform: that is respected. */
export function noted(record: ServiceRecord, nowMs: number): Step {
  const { seen: sighting, state, ended } = record;
  const over = sighting === "gone" || ended;
  if (!over || state.name === "stopped" || isDone(record)) return stay(record);
  if (sighting === "gone" && needsNoContainer(record)) return stay(record);
  const text = "somebody stopped it through the container engine";
  return stay(
    become(record, { name: "stopped", gone: sighting === "gone", cause: { kind: "operator", text } }, nowMs),
  );
}

function isDone({ desired, seen: sighting, state }: ServiceRecord): boolean {
  return (
    typeof sighting === "object" &&
    isGoodEnd(desired.readiness, sighting.exitCode) &&
    state.name !== "pending"
  );
}

/** Whether it is a job that has done its work: that stays done where somebody clears away the container. One with a schedule goes on. */
function needsNoContainer({ desired, state }: ServiceRecord): boolean {
  return desired.readiness.job && desired.schedule === undefined && state.name === "ready";
}

function gone(record: ServiceRecord, nowMs: number): Step {
  const { state, ended, generation } = record;
  if ((state.name === "stopped" && state.gone) || needsNoContainer(record)) return stay(record);
  const next = ended ? record : { ...record, ended: true, generation: generation + 1 };
  const cause = { kind: "operator", text: "its container is gone: somebody removed it" } as const;
  return stay(become(next, { name: "stopped", gone: true, cause }, nowMs));
}

/**
 * The first look after the coordinator was started again. What runs as it ran stays what it was; what was ordered and not done
 * is ordered again; what the platform ended is started in the order of the phases.
 */
function resumed(record: ServiceRecord, nowMs: number): Step {
  const { seen: sighting, act, startedMs, ended, state, desired, orderedMs } = record;
  if (desired.readiness.external) return externalAfterBoot(record, nowMs);
  const done = typeof sighting === "object" && isGoodEnd(desired.readiness, sighting.exitCode);
  const hasEnded = typeof sighting === "object" && !sighting.running && sighting.startedMs !== undefined;
  const wasDue = act === undefined ? state.name === "restarting" : act.order !== "stop";
  // Whatever it was to be started for, it takes its turn: the platform may have ended all others as well.
  if (wasDue && hasEnded && !done) {
    const { cause } = state;
    const waiting = { ...record, act: undefined, ended: true };
    return stay(become(waiting, { name: "pending", waitsFor: "boot", cause }, nowMs));
  }
  if (act !== undefined) {
    const isCarriedOut =
      act.order === "stop"
        ? typeof sighting === "object" && !sighting.running
        : typeof sighting === "object" && sighting.running && sighting.startedMs !== act.from;
    const without = { ...record, act: undefined };
    return isCarriedOut || sighting === "gone" ? settle(without, nowMs) : order(without, act.order, nowMs);
  }
  const endedWhileAway = hasEnded && sighting.startedMs === startedMs && !ended;
  const respected = orderedMs !== undefined && nowMs - orderedMs < orderedWithinMs;
  if (!endedWhileAway || done || respected || state.name === "failed" || state.name === "givenUp")
    return settle(record, nowMs);
  const cause = { kind: "boot", text: "it ended while the coordinator did not run" } as const;
  return stay(
    become(
      { ...record, ended: true, generation: record.generation + 1, by: "boot" },
      { name: "pending", waitsFor: "boot", cause },
      nowMs,
    ),
  );
}

/** What has become of an external service meanwhile no engine knows: what it was is proven again. */
function externalAfterBoot(record: ServiceRecord, nowMs: number): Step {
  const { name } = record.state;
  if (name !== "ready" && name !== "degraded" && name !== "starting") return settle(record, nowMs);
  const cause = { kind: "boot", text: "the coordinator was started again" } as const;
  const deadlineMs = nowMs + durationMs(record.desired.readiness.budget);
  const fresh = { ...record, probes: newProbes(record.desired) };
  return stay(becomeStarting(fresh, deadlineMs, cause, nowMs));
}

/**
 * The rules by which a service is proven and supervised. `step` is pure: the same function runs in the coordinator and, on a
 * clock of its own, in the tests. What is a matter of several services is in cascade-plan.ts.
 */
import { durationMs } from "../core/duration.ts";
import { deadlineMs } from "../readiness/deadline.ts";
import { applied } from "./applied.ts";
import { attempted, blamed, failing, questioned } from "./attempted.ts";
import { acted, begin } from "./acts.ts";
import { isByHand, restOf, runByHand, scheduled } from "./job-runs.ts";
import { carryOut, order } from "./orders.ts";
import { fail, failVerification } from "./failing.ts";
import { noteInterruption } from "./min-ready.ts";
import { noted, seen } from "./sightings.ts";
import type { ServiceEvent, Step } from "./service-event.ts";
import { allPassing, become, becomeReady, becomeStarting, stay, unreadyText } from "./steps.ts";
import type { ServiceRecord } from "./service-record.ts";
import { isRunning, isVerified, newProbes, stands, wakeAtMs } from "./service-record.ts";

/** What becomes of a service by an event. @throws Error when the transition is not legal: a defect */
export function step(record: ServiceRecord, event: ServiceEvent, nowMs: number): Step {
  if (record.desired.readiness.external && isOrder(event)) return stay(record);
  const next = stepBy(record, event, nowMs);
  const noted = noteInterruption(record, next.record, nowMs);
  return noted === next.record ? next : { ...next, record: noted };
}

function stepBy(record: ServiceRecord, event: ServiceEvent, nowMs: number): Step {
  switch (event.type) {
    case "applied":
      return applied(record, event, nowMs);
    case "seen":
      return event.look <= record.look ? stay(record) : seen(record, event, nowMs);
    case "ordered":
      // What the coordinator itself has ordered comes back as an event, too.
      return record.act === undefined ? noted({ ...record, orderedMs: nowMs }, nowMs) : stay(record);
    case "attempted":
      return attempted(record, event, nowMs);
    case "acted":
      return acted(record, event, nowMs);
    case "woken":
      return woken(record, nowMs);
    case "begin":
      return begin(record, event, nowMs);
    case "stop":
      return stopped(record, event.cause, nowMs);
    case "run":
      return runByHand(record, event.cause, nowMs);
    case "scheduled":
      return scheduled(record, event, nowMs);
    case "adopt":
      return stay({ ...record, against: { ...record.against, ...event.needed } });
    case "dependencies":
      return dependencies(record, event, nowMs);
    case "blamed":
      return blamed(record, nowMs);
    case "questioned":
      return questioned(record, event);
    case "reported":
      return stay({ ...record, reported: true });
    case "retry":
      return retry(record, nowMs);
  }
}

/** What is no container is never started, stopped or restarted, whoever asks for it. */
function isOrder(event: ServiceEvent): boolean {
  return event.type === "stop" || (event.type === "begin" && event.action !== "verify");
}

function woken(record: ServiceRecord, nowMs: number): Step {
  const { state, act, desired } = record;
  // What was due before the coordinator was started again may be done, or its turn may be another by now: the first look decides.
  if (record.resumed) return stay(record);
  if (act !== undefined && nowMs >= act.deadlineMs) {
    const text = `the container engine did not ${act.order} it in time`;
    return acted(record, { type: "acted", act: act.id, error: { text, silent: true } }, nowMs);
  }
  if (act !== undefined) return stay(record);
  if (state.name === "restarting" && nowMs >= state.dueMs) return carryOut(record, nowMs);
  if (state.name === "pending" && nowMs >= wakeAtMs(record))
    return failVerification(record, "deadline", undefined, nowMs);
  if (state.name === "starting" && nowMs >= state.deadlineMs) {
    const text = `${desired.service} is not ready within ${desired.readiness.budget}${unreadyText(record)}`;
    return isVerified(record) && !isByHand(record)
      ? fail(record, { kind: "deadline", text }, undefined, nowMs)
      : failVerification(record, "deadline", undefined, nowMs);
  }
  // Who cannot be asked does not keep it from being restarted.
  if (record.suspectedMs !== undefined && nowMs >= wakeAtMs(record)) return blamed(record, nowMs);
  return stay(record);
}

function stopped(record: ServiceRecord, cause: ServiceRecord["state"]["cause"], nowMs: number): Step {
  const next = become(record, { name: "stopped", gone: record.seen === "gone", cause }, nowMs);
  // What is being started now runs by then.
  return isRunning(record) || record.act !== undefined ? order(next, "stop", nowMs) : stay(next);
}

/** A service that was impaired by what it needs is judged by its own probes again, from the beginning. */
function dependencies(
  before: ServiceRecord,
  { down, excused }: Extract<ServiceEvent, { type: "dependencies" }>,
  nowMs: number,
): Step {
  const record = { ...before, down, excused };
  const { state, desired } = record;
  // A job that has done its work has no use for what it needed.
  if (desired.readiness.job && state.name === "ready") return stay(record);
  if (down !== undefined) {
    const cause = { kind: "dependency", text: down.text, service: down.service } as const;
    const same = state.cause.text === down.text;
    if (state.name === "pending" && state.waitsFor === "boot" && !same)
      return stay(become(record, { ...state, cause: { ...cause, kind: "boot" } }, nowMs));
    // What it waits for may be given up in the meantime, or be another service.
    if (state.name === "pending" && state.cause.kind === "dependency" && !same)
      return stay(become(record, { ...state, cause }, nowMs));
    // What was to be restarted on its own account waits: its failure may be a symptom.
    const waits = state.name === "restarting" && record.act === undefined;
    if (waits && !isRunning(record))
      return stay(become(record, { name: "pending", waitsFor: "dependency", cause }, nowMs));
    const becomesDegraded = waits || state.name === "ready" || (state.name === "degraded" && !same);
    return stay(becomesDegraded ? become(record, { name: "degraded", cause }, nowMs) : record);
  }
  if (record.suspectedMs !== undefined && excused) return failing(record, nowMs);
  if (state.name !== "degraded" || state.cause.kind !== "dependency") return stay(record);
  if (excused && !allPassing(record)) return stay(record);
  const cause = { kind: "recovered", text: "what it needs is ready again" } as const;
  if (allPassing(record)) return becomeReady(record, cause, nowMs, state.sinceMs);
  const deadline = nowMs + durationMs(desired.readiness.budget);
  const fresh = { ...record, probes: newProbes(desired) };
  return stay(becomeStarting(fresh, deadline, cause, nowMs));
}

/**
 * Tries a service again whose failure has been answered: its container is started if it has ended, when
 * what it needs is ready, and its budget begins then. */
function retry(record: ServiceRecord, nowMs: number): Step {
  const { state, desired } = record;
  if (state.name !== "failed" && state.name !== "givenUp" && state.name !== "stopped") return stay(record);
  if (stands(record) || restOf(record) !== undefined) return stay(record);
  const cause = { kind: "deployment", text: "tried again" } as const;
  const fresh = {
    ...record,
    ...{
      probes: newProbes(desired),
      restarts: 0,
      restartsMs: [],
      reported: false,
      orderedMs: undefined,
      deadlineMs: undefined,
    },
  };
  if (!isRunning(record) && record.down !== undefined) {
    return stay(become(fresh, { name: "pending", waitsFor: "needs", cause }, nowMs));
  }
  if (isRunning(record)) {
    const deadline = deadlineMs(undefined, durationMs(desired.readiness.budget), nowMs);
    return stay(becomeStarting(fresh, deadline, cause, nowMs));
  }
  return order(
    become(fresh, { name: "restarting", dueMs: nowMs, nth: 0, exit: undefined, cause }, nowMs),
    "start",
    nowMs,
  );
}

import { durationMs } from "../core/duration.ts";
import { exitText } from "../readiness/gate-text.ts";
import { exitOf } from "../readiness/service-container.ts";
import { fail } from "./failing.ts";
import { startNow } from "./job-runs.ts";
import { carryOut } from "./orders.ts";
import type { ActError, ServiceEvent, Step } from "./service-event.ts";
import type { Act, ServiceRecord } from "./service-record.ts";
import { isRunning, newProbes } from "./service-record.ts";
import { began, settle } from "./sightings.ts";
import type { StateCause } from "./service-state.ts";
import { become, becomeStarting, stay } from "./steps.ts";

/** How long is waited before the same order is given to a platform that was silent. */
const silentWaitMs = 2000;

/** Begins what the supervisor or a command wants. */
export function begin(
  before: ServiceRecord,
  { action, cause, needed }: Extract<ServiceEvent, { type: "begin" }>,
  nowMs: number,
): Step {
  const { desired } = before;
  if (isToBeStarted(before, action)) return startNow(before, needed, nowMs);
  const byHand = cause.kind === "operator" || cause.kind === "deployment";
  const record: ServiceRecord = {
    ...before,
    against: { ...before.against, ...needed },
    probes: newProbes(desired),
    orderedMs: undefined,
    deadlineMs: undefined,
    reported: false,
    // Who begins by hand begins to count again.
    ...(byHand && { restarts: 0, restartsMs: [] }),
  };
  const runs = isRunning(before);
  const asItRuns = (action === "verify" && desired.readiness.job) || (action !== "restart" && runs);
  if (asItRuns) {
    const deadlineMs = nowMs + durationMs(desired.readiness.budget);
    return stay(becomeStarting(record, deadlineMs, cause, nowMs));
  }
  const next = { ...record, wanted: undefined, by: cause.kind, run: { for: cause.kind } };
  return carryOut(
    become(next, { name: "restarting", dueMs: nowMs, nth: 0, exit: undefined, cause }, nowMs),
    nowMs,
  );
}

function isToBeStarted({ state }: ServiceRecord, action: "start" | "restart" | "verify"): boolean {
  return action === "start" && state.name === "pending" && state.waitsFor === "needs";
}

/** The platform has done what was ordered, or has not. What it shows has been looked at before. */
export function acted(
  before: ServiceRecord,
  { act, error, shown }: Extract<ServiceEvent, { type: "acted" }>,
  nowMs: number,
): Step {
  if (before.act?.id !== act) return stay(before);
  const record = { ...before, act: undefined, orderedMs: undefined, seen: shown ?? before.seen };
  if (error !== undefined) return refused(record, before.act, error, nowMs);
  const next = settle(record, nowMs);
  const { state, seen } = next.record;
  if (state.name !== "restarting" || next.record !== record || typeof seen !== "object") return next;
  // The platform had nothing to do: it runs.
  if (seen.running) return began(record, nowMs);
  // It says that it has done it, and nothing came of it.
  const exit = exitOf(seen);
  return fail(record, { kind: "exited", text: exitText(exit) }, exit, nowMs);
}

function refused(record: ServiceRecord, { order: what }: Act, error: ActError, nowMs: number): Step {
  const cause: StateCause = { kind: "engine", text: error.text };
  if (what === "stop") return stay(become(record, { name: "stopped", gone: false, cause }, nowMs));
  if (!error.silent)
    return fail(record, cause, { code: 0, outOfMemory: false, startError: error.text }, nowMs);
  const { state } = record;
  const [nth, exit] = state.name === "restarting" ? [state.nth, state.exit] : [0, undefined];
  return stay(become(record, { name: "restarting", dueMs: nowMs + silentWaitMs, nth, exit, cause }, nowMs), {
    type: "look",
  });
}

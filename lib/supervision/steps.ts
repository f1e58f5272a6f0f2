import { blamed } from "../readiness/gate-text.ts";
import type { ServiceState, StateCause } from "./service-state.ts";
import { notStayedText } from "./min-ready.ts";
import { requireLegal } from "./service-state.ts";
import type { Effect, Step } from "./service-event.ts";
import type { ServiceRecord } from "./service-record.ts";

type Unset<S> = S extends ServiceState ? Omit<S, "sinceMs"> : never;

/** The record in another state, from now on. What was suspected is decided by it. @throws Error when the transition is not legal */
export function become(record: ServiceRecord, state: Unset<ServiceState>, nowMs: number): ServiceRecord {
  requireLegal(record.state.name, state.name);
  const undecided = { suspectedMs: undefined, questionedMs: undefined };
  return { ...record, ...undecided, state: { ...state, sinceMs: nowMs } };
}

/**
 * The proof of the current run begins, or goes on: its probes decide until the deadline, which the restarts of the failure policy do
 * not put off.
 */
export function becomeStarting(
  record: ServiceRecord,
  deadlineMs: number,
  cause: StateCause,
  nowMs: number,
): ServiceRecord {
  return become({ ...record, deadlineMs }, { name: "starting", deadlineMs, cause }, nowMs);
}

export function stay(record: ServiceRecord, ...effects: Effect[]): Step {
  return { record, effects };
}

export function allPassing({ probes }: Pick<ServiceRecord, "probes">): boolean {
  return probes.every(({ passing }) => passing);
}

/** The service is ready: what the last `up` asked for is proven with it. */
export function becomeReady(
  record: ServiceRecord,
  cause: StateCause,
  nowMs: number,
  countedFromMs: number,
): Step {
  const { desired, generation, down } = record;
  const verified = { verification: desired.verification, specHash: desired.specHash, generation };
  // A run that was to be ended by a restart that was refused goes on: its end is still to be seen.
  const ended = record.ended && !(typeof record.seen === "object" && record.seen.running);
  const ready = become(
    { ...record, ended, verified, completed: completedBy(record, nowMs), reported: false },
    { name: "ready", readyMs: nowMs, countedFromMs, cause },
    nowMs,
  );
  if (down === undefined || desired.readiness.job) return stay(ready);
  const { service, text } = down;
  return stay(become(ready, { name: "degraded", cause: { kind: "dependency", text, service } }, nowMs));
}

/** A job that is ready has done its work. One that is only proven again has done it before. */
function completedBy(
  { desired, completed, generation, startedMs }: ServiceRecord,
  nowMs: number,
): ServiceRecord["completed"] {
  if (!desired.readiness.job || startedMs === undefined) return completed;
  return completed?.generation === generation ? completed : { atMs: nowMs, generation };
}

/** The probe that most likely says why the service is not ready, after a colon; nothing where none does. */
export function blamedText({ probes }: Pick<ServiceRecord, "probes">): string {
  const worst = blamed(probes);
  return worst?.lastCause === undefined ? "" : `: ${worst.name}: ${worst.lastCause.text}`;
}

/** As {@link blamedText}, and what has kept it from staying ready. */
export function unreadyText(record: ServiceRecord): string {
  return `${blamedText(record)}${notStayedText(record)}`;
}

/** Whether a probe has met a cause that waiting does not heal. */
export function isHopeless({ probes }: Pick<ServiceRecord, "probes">): boolean {
  return probes.some(({ passing, lastCause }) => !passing && lastCause?.permanent === true);
}

import { durationMs } from "../core/duration.ts";
import type { Step } from "./service-event.ts";
import type { Act, ServiceRecord } from "./service-record.ts";
import { isRunning } from "./service-record.ts";
import { stay } from "./steps.ts";

/** How long the platform may take to answer an order, beyond the grace that the order gives. */
export const answersWithinMs = 30_000;

/** Orders something of the platform. It is in the record, and so on the disk, before it is done. */
export function order(record: ServiceRecord, what: Act["order"], nowMs: number): Step {
  const graceMs = what === "start" ? 0 : durationMs(record.desired.readiness.grace);
  const act: Act = {
    id: record.nextAct,
    order: what,
    from: record.startedMs,
    deadlineMs: nowMs + graceMs + answersWithinMs,
  };
  return stay({ ...record, act, nextAct: record.nextAct + 1 }, { type: "act", act });
}

/** The restart that is due. The generation goes up with it, if the run before has not ended yet. */
export function carryOut(record: ServiceRecord, nowMs: number): Step {
  const { ended, generation } = record;
  const runs = isRunning(record);
  const next = runs && !ended ? { ...record, generation: generation + 1, ended: true } : record;
  return order(next, runs ? "restart" : "start", nowMs);
}

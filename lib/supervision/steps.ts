import type { ServiceState, StateCause } from "./service-state.ts";
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
  const ready = become(
    { ...record, verified, reported: false },
    { name: "ready", readyMs: nowMs, countedFromMs, cause },
    nowMs,
  );
  if (down === undefined || desired.readiness.job) return stay(ready);
  const { service, text } = down;
  return stay(become(ready, { name: "degraded", cause: { kind: "dependency", text, service } }, nowMs));
}

/** Whether a probe has met a cause that waiting does not heal. */
export function isHopeless({ probes }: Pick<ServiceRecord, "probes">): boolean {
  return probes.some(({ passing, lastCause }) => !passing && lastCause?.permanent === true);
}

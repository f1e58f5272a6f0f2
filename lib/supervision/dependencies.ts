/** What a service has to do with those that it needs. */
import type { DependencyPolicy } from "../model/needs.ts";
import { isRunAgain } from "./job-runs.ts";
import { hasProbeThatStays } from "./min-ready.ts";
import { stands } from "./service-record.ts";
import type { Down, Records, ServiceRecord } from "./service-record.ts";

/** Whether others can work with a service: it is ready, or works less well than it should, or is only being proven again. */
export function isUsable(record: ServiceRecord): boolean {
  const { state, verified, generation } = record;
  if (state.name === "ready" || state.name === "degraded") return true;
  return (state.name === "starting" && verified?.generation === generation) || hasDoneItsWork(record);
}

/** Whether a job has done its work before, and is run again for no reason that concerns those who need it. */
function hasDoneItsWork(record: ServiceRecord): boolean {
  return isRunAgain(record) || stands(record);
}

/**
 * Whether what a dependent needs of a service is there as it is to be now: of a job that is run again, only once that run has ended
 * well, where the dependent follows its runs, or an `up` wants this one.
 */
export function isSettled(record: ServiceRecord, policy: DependencyPolicy | undefined): boolean {
  const { name } = record.state;
  if (!isUsable(record) || name === "ready" || name === "degraded") return isUsable(record);
  return policy === "ignore" && stands(record) ? true : !hasDoneItsWork(record);
}

/**
 * Whether a service that starts has passed one of its probes, and gone on doing so for its `minReady`. A job has nothing to say before
 * it has done its work.
 */
export function answers(record: ServiceRecord): boolean {
  const { desired, state } = record;
  return state.name === "starting" && !desired.readiness.job && hasProbeThatStays(record);
}

/** Whether an external service has not answered since the coordinator was started again: it may have gone with the machine. */
function isUnknownSinceBoot({ desired, state }: ServiceRecord): boolean {
  return desired.readiness.external === true && state.name === "starting" && state.cause.kind === "boot";
}

/** The phases whose gates are closed, each with the first of its services that is not ready; one that does not get on before others. */
export type ClosedPhases = ReadonlyMap<string, ServiceRecord>;

/** What somebody has stopped by hand closes no gate: that was respected before, too. */
export function closedPhases(records: Records): ClosedPhases {
  const closed = new Map<string, ServiceRecord>();
  for (const record of records.values()) {
    const { phase } = record.desired;
    const isOpen = isUsable(record) && !isUnknownSinceBoot(record);
    if (isOpen || record.state.name === "stopped") continue;
    const known = closed.get(phase);
    if (known === undefined || (doesNotGetOn(record) && !doesNotGetOn(known))) closed.set(phase, record);
  }
  return closed;
}

/** The service of an earlier phase that keeps the phase of this one from being started after a boot: its gate is closed. */
export function phaseBefore(closed: ClosedPhases, { desired }: ServiceRecord): ServiceRecord | undefined {
  const phase = desired.after.find((one) => closed.has(one));
  return phase === undefined ? undefined : closed.get(phase);
}

/**
 * What is not ready of all that a service needs, at any distance: the root of it. A needed service that is itself impaired says
 * what by.
 */
export function downOf(
  records: Records,
  record: ServiceRecord,
  closed: ClosedPhases = closedPhases(records),
): Down | undefined {
  const { state, desired } = record;
  if (state.name === "pending" && state.waitsFor === "boot") {
    const before = phaseBefore(closed, record);
    if (before !== undefined) {
      const { service, phase } = before.desired;
      const root = records.get(before.down?.service ?? service) ?? before;
      // Each service of a phase is the last that is not ready for a moment: named, all that wait would say another thing every time.
      const why = before.down?.text ?? `${service} is ${stateText(before)}`;
      const text = `the phase ${phase} is not ready${doesNotGetOn(root) ? `: ${why}` : ""}`;
      return { service: root.desired.service, text };
    }
  }
  for (const name in desired.needs) {
    const needed = records.get(name);
    if (needed !== undefined && isServedByOthers(records, record, needed)) continue;
    if (needed?.down !== undefined) return needed.down;
    if (needed !== undefined && !isUsable(needed))
      return { service: name, text: `${name}, which it depends on, is ${stateText(needed)}` };
  }
  return undefined;
}

/** Whether another instance of the same declared service, which this one needs as well, can be worked with: its name reaches that. */
export function isServedByOthers(
  records: Records,
  { desired: { needs } }: { readonly desired: Pick<ServiceRecord["desired"], "needs"> },
  { desired: { service, replicaOf } }: ServiceRecord,
): boolean {
  if (replicaOf === undefined) return false;
  return Object.keys(needs).some((name) => {
    const other = records.get(name);
    return (
      name !== service &&
      other?.desired.replicaOf === replicaOf &&
      isUsable(other) &&
      other.down === undefined &&
      other.act === undefined
    );
  });
}

/** Whether all that is not ready of what a service needs is of such edges as ignore it: its own readiness stands. */
export function isImpairedByIgnored(records: Records, { state, desired }: ServiceRecord): boolean {
  if (state.name !== "degraded" || state.cause.kind !== "dependency") return false;
  return Object.entries(desired.needs).every(([name, policy]) => {
    const needed = records.get(name);
    return policy === "ignore" || needed === undefined || (isUsable(needed) && needed.down === undefined);
  });
}

/** Whether a service waits for somebody to see to it. */
function doesNotGetOn({ state }: ServiceRecord): boolean {
  return state.name === "failed" || state.name === "givenUp";
}

function stateText({ state }: ServiceRecord): string {
  if (state.name === "givenUp") return "given up";
  return state.name === "failed" || state.name === "stopped" ? state.name : "not ready";
}

/**
 * Whether something that a service needs, at any distance, is degraded on its own account: what fails in the dependent then is a
 * symptom.
 */
export function isExcused(records: Records, { desired }: ServiceRecord): boolean {
  for (const name in desired.needs) {
    const needed = records.get(name);
    if (needed?.state.name !== "degraded") continue;
    const { kind } = needed.state.cause;
    if (kind === "probe" || kind === "slow" || needed.excused) return true;
  }
  return false;
}

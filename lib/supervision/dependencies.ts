/** What a service has to do with those that it needs. */
import type { Down, Records, ServiceRecord } from "./service-record.ts";

/** Whether others can work with a service: it is ready, or works less well than it should, or is only being proven again. */
export function isUsable({ state, verified, generation }: ServiceRecord): boolean {
  if (state.name === "ready" || state.name === "degraded") return true;
  return state.name === "starting" && verified?.generation === generation;
}

/**
 * The service of an earlier phase that keeps the phase of this one from being started after a boot: its gate is closed. What
 * somebody has stopped by hand does not count: that was respected before, too.
 */
export function phaseBefore(records: Records, { desired }: ServiceRecord): ServiceRecord | undefined {
  return [...records.values()].find(
    (other) =>
      desired.after.includes(other.desired.phase) && !isUsable(other) && other.state.name !== "stopped",
  );
}

/**
 * What is not ready of all that a service needs, at any distance: the root of it. A needed service that is itself impaired says
 * what by.
 */
export function downOf(records: Records, record: ServiceRecord): Down | undefined {
  const { state, desired } = record;
  if (state.name === "pending" && state.waitsFor === "boot") {
    const before = phaseBefore(records, record);
    if (before !== undefined) {
      const { service, phase } = before.desired;
      const text = `the phase ${phase} is not ready: ${before.down?.text ?? `${service} is ${stateText(before)}`}`;
      return { service: before.down?.service ?? service, text };
    }
  }
  for (const name of Object.keys(desired.needs)) {
    const needed = records.get(name);
    if (needed?.down !== undefined) return needed.down;
    if (needed !== undefined && !isUsable(needed))
      return { service: name, text: `${name}, which it depends on, is ${stateText(needed)}` };
  }
  return undefined;
}

/** Whether all that is not ready of what a service needs is of such edges as ignore it: its own readiness stands. */
export function isImpairedByIgnored(records: Records, { state, desired }: ServiceRecord): boolean {
  if (state.name !== "degraded" || state.cause.kind !== "dependency") return false;
  return Object.entries(desired.needs).every(([name, policy]) => {
    const needed = records.get(name);
    return policy === "ignore" || needed === undefined || (isUsable(needed) && needed.down === undefined);
  });
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
  return Object.keys(desired.needs).some((name) => {
    const needed = records.get(name);
    if (needed?.state.name !== "degraded") return false;
    const { kind } = needed.state.cause;
    return kind === "probe" || kind === "slow" || needed.excused;
  });
}

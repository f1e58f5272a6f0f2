/**
 * What is a matter of several services: who waits for whom, and what is begun next. Nothing of a cascade is remembered but what the
 * services themselves know (in which generations of what they need they were started), so a coordinator that is started again in
 * the middle of one goes on with it.
 */
import type { DependencyPolicy } from "../model/needs.ts";
import { answers, closedPhases, isServedByOthers, isSettled, isUsable, phaseBefore } from "./dependencies.ts";
import { connectedParts, needsOf } from "./needs-graph.ts";
import type { Down, Records, ServiceRecord } from "./service-record.ts";
import type { StateCause } from "./service-state.ts";

export interface Circumstances {
  /** Whether an `up` is connected: it restarts and proves what depends on what it replaces. */
  readonly deploying: boolean;
  /** Whether somebody works on the stack by hand: nothing is begun but what an `up` wants. */
  readonly held: boolean;
  /** The services to which a command will come: they, and what depends on them, follow nothing before. */
  readonly reserved: ReadonlySet<string>;
  /** Whether all services that were kept on the disk have been looked at since the coordinator was started. */
  readonly awake: boolean;
}

/** What a service is to do because of others. */
export interface Begin {
  readonly service: string;
  readonly action: "start" | "restart" | "verify";
  readonly cause: StateCause;
}

/** What is to be begun now: of each connected part of the graph the first that is due, in the order of the start. */
export function nextSteps(records: Records, { deploying, held, reserved, awake }: Circumstances): Begin[] {
  if (!awake) return [];
  const steps: Begin[] = [];
  const busy = new Set<number>();
  const part = connectedParts(records);
  const closed = closedPhases(records);
  for (const [service, record] of records) if (isCascadeStep(record)) busy.add(part.get(service) ?? 0);
  for (const [service, record] of inStartOrder(records)) {
    const { state } = record;
    if (record.act !== undefined) continue;
    if (state.name === "pending" && state.waitsFor === "boot") {
      // As in an `up`: the services of a phase start together, behind the gates of the phases before.
      if (!held && phaseBefore(closed, record) === undefined)
        steps.push({ service, action: "start", cause: turnAfterBoot(state.cause) });
      continue;
    }
    if (isToBeStarted(record)) {
      // The services of a phase start together, as far as they do not need each other. An `up` wants it: no hold keeps it back.
      // But not for a schedule.
      const waits = held && state.cause.kind === "schedule";
      if (!waits && mayStart(records, record) && !isReserved(records, service, reserved))
        steps.push({ service, action: "start", cause: state.cause });
      continue;
    }
    const due = dueOf(records, record);
    if (due === undefined || busy.has(part.get(service) ?? 0)) continue;
    if (record.wanted === undefined && (held || (deploying && due.by === "deployment"))) continue;
    if (!needsAreReady(records, record)) continue;
    if (isReserved(records, service, reserved)) continue;
    busy.add(part.get(service) ?? 0);
    steps.push({ service, action: due.action, cause: due.cause });
  }
  return steps;
}

/** Whether an `up` has created it and left its first start to the coordinator, and it has been seen that it has never run. */
function isToBeStarted({ state, seen }: ServiceRecord): boolean {
  return state.name === "pending" && state.waitsFor === "needs" && typeof seen === "object";
}

/** What a service is started for after a boot: what it has waited for is over. */
function turnAfterBoot(cause: StateCause): StateCause {
  return cause.service === undefined
    ? cause
    : { kind: "boot", text: "what is to be ready before it is ready again" };
}

/** Whether something is being done, or is still to be done, in the connected part of the graph that a service is in. */
export function isUnderWay(records: Records, service: string): boolean {
  const part = connectedParts(records);
  return [...records].some(
    ([name, record]) => part.get(name) === part.get(service) && isBusy(records, record),
  );
}

/** Whether a service is being started or proven, or is about to be. While the stack is held, none is about to. */
export function isMoving(records: Records, service: string, held: boolean): boolean {
  const record = records.get(service);
  if (record === undefined) return false;
  return held ? isAtWork(record) : isBusy(records, record);
}

/** Something is being done for a service, or its turn has come. */
function isBusy(records: Records, record: ServiceRecord): boolean {
  if (isAtWork(record) || record.state.name === "restarting") return true;
  if (isToBeStarted(record)) return mayStart(records, record);
  return dueOf(records, record) !== undefined && needsAreReady(records, record);
}

function isAtWork({ state, act }: ServiceRecord): boolean {
  return act !== undefined || state.name === "starting";
}

function isReserved(records: Records, service: string, reserved: ReadonlySet<string>): boolean {
  if (reserved.size === 0) return false;
  return reserved.has(service) || [...needsOf(records, service)].some((needed) => reserved.has(needed));
}

interface Due {
  readonly action: Begin["action"];
  readonly cause: StateCause;
  /** What brought the needed service's generation about. */
  readonly by: StateCause["kind"];
}

/** The change of a service that it needs which a service is still to follow, by a restart or a proof: its turn will come. */
export function toFollow(records: Records, record: ServiceRecord): Down | undefined {
  const { state } = record;
  if (state.name !== "ready" && state.name !== "degraded") return undefined;
  const due = dueOf(records, record);
  const { service } = due?.cause ?? {};
  return due && service !== undefined ? { service, text: due.cause.text } : undefined;
}

/** Why a service is to be restarted or proven again: a service that it needs runs in another generation than it was started with. */
function dueOf(records: Records, record: ServiceRecord): Due | undefined {
  const { state, wanted, ended, seen, startedMs } = record;
  if (state.name === "stopped" || state.name === "failed" || state.name === "givenUp") return undefined;
  if (state.name === "restarting" || (state.name === "pending" && state.waitsFor === "needs"))
    return undefined;
  // The next `up` creates the container of a job that has done its work, and runs it then, where it is due.
  if (seen === "gone") return undefined;
  // Before it has been seen, nobody knows whether there is anything to restart.
  if (seen === "unseen" && startedMs === undefined) return undefined;
  const because = (name: string): StateCause => ({
    kind: "dependency",
    text: `${name}, which it needs, runs again`,
    service: name,
  });
  if (wanted !== undefined) {
    const text = `${wanted.join(" and ")}, which it needs, ${wanted.length === 1 ? "runs" : "run"} again`;
    const cause = { kind: "deployment", text, service: wanted[0] } as const;
    return { action: "restart", by: "deployment", cause };
  }
  const restart = movedNeed(records, record, "restart");
  if (restart) return { action: "restart", by: restart.by, cause: because(restart.name) };
  if (state.name === "pending" && state.waitsFor === "dependency")
    return { action: ended ? "start" : "restart", by: "exited", cause: state.cause };
  const verify = movedNeed(records, record, "revalidate");
  return verify && { action: "verify", by: verify.by, cause: because(verify.name) };
}

/** A needed service, of an edge with this policy, that runs in another generation than this one was started or proven with. */
function movedNeed(
  records: Records,
  record: ServiceRecord,
  policy: DependencyPolicy,
): { readonly name: string; readonly by: StateCause["kind"] } | undefined {
  const { desired, against } = record;
  for (const name in desired.needs) {
    const needed = records.get(name);
    const known = against[name];
    const moved = needed !== undefined && known !== undefined && known !== needed.generation;
    if (moved && desired.needs[name] === policy && !hasGoneOn(records, record, needed))
      return { name, by: needed.by };
  }
  return undefined;
}

/** The generations of what a service needs, now: what it is started or proven with. */
export function neededGenerations(
  records: Records,
  needs: ServiceRecord["desired"]["needs"],
): Record<string, number> {
  return Object.fromEntries(
    Object.keys(needs).flatMap((name) => {
      const needed = records.get(name);
      return needed === undefined ? [] : [[name, needed.generation]];
    }),
  );
}

/**
 * Whether another instance of the same declared service has served without a break since the dependent was started or proven with
 * it: then the one that runs again has taken nothing from it.
 */
function hasGoneOn(records: Records, record: ServiceRecord, needed: ServiceRecord): boolean {
  const { desired, against } = record;
  const unmoved = Object.keys(desired.needs).filter(
    (name) => name === needed.desired.service || records.get(name)?.generation === against[name],
  );
  const needs = Object.fromEntries(unmoved.map((name) => [name, "ignore" as const]));
  return isServedByOthers(records, { desired: { needs } }, needed);
}

/** No generation: what was served by an instance of a declared service of which, for a moment, there was none. */
const outage = -1;

/** Whether no instance of a declared service serves a dependent that runs: whichever comes back, it is another than before. */
function isOutage(records: Records, { desired, state }: ServiceRecord, needed: ServiceRecord): boolean {
  const { replicaOf } = needed.desired;
  if (replicaOf === undefined || (state.name !== "ready" && state.name !== "degraded")) return false;
  // One that was never ready has served nobody yet.
  return (
    needed.verified !== undefined && !isUsable(needed) && !isServedByOthers(records, { desired }, needed)
  );
}

/** The needed services that have run again and whose dependent does nothing about it, or that it did not know before; if any. */
export function toAdopt(records: Records, record: ServiceRecord): Record<string, number> | undefined {
  const { desired, against } = record;
  let found: Record<string, number> | undefined;
  for (const name in desired.needs) {
    const needed = records.get(name);
    if (needed === undefined) continue;
    const unknown = against[name] === undefined;
    const moved = against[name] !== needed.generation;
    const ignored = moved && (desired.needs[name] === "ignore" || hasGoneOn(records, record, needed));
    if (unknown || ignored) found = { ...found, [name]: needed.generation };
    else if (against[name] !== outage && isOutage(records, record, needed))
      found = { ...found, [name]: outage };
  }
  return found;
}

/** A step of a cascade, while it is under way: it runs again because of another service, and is not ready yet. */
function isCascadeStep({ state, act }: ServiceRecord): boolean {
  const underWay = state.name === "starting" || state.name === "restarting" || act !== undefined;
  return underWay && (state.cause.kind === "dependency" || state.cause.service !== undefined);
}

/** Whether all that a service needs is ready. */
function needsAreReady(records: Records, record: ServiceRecord): boolean {
  return Object.keys(record.desired.needs).every((name) => {
    const needed = records.get(name);
    return (
      needed === undefined ||
      isServedByOthers(records, record, needed) ||
      isReadyFor(record.desired, name, needed)
    );
  });
}

function isReadyFor({ needs }: ServiceRecord["desired"], name: string, needed: ServiceRecord): boolean {
  return isSettled(needed, needs[name]) && needed.down === undefined && needed.wanted === undefined;
}

/**
 * Whether all that a service needs is there for its first start. For that of an `up` it is enough that it has passed one of its
 * probes: others may pass only when this service has done its work, as one that looks for what a migration makes. Of instances an
 * `up` waits for all.
 */
function mayStart(records: Records, record: ServiceRecord): boolean {
  const { desired, state } = record;
  if (state.cause.kind !== "deployment") return needsAreReady(records, record);
  return Object.keys(desired.needs).every((name) => {
    const needed = records.get(name);
    return needed === undefined || isReadyFor(desired, name, needed) || answers(needed);
  });
}

export function inStartOrder(records: Records): [string, ServiceRecord][] {
  return [...records].sort(([, a], [, b]) => a.desired.startIndex - b.desired.startIndex);
}

import type { Clock } from "../../core/clock.ts";
import { durationMs } from "../../core/duration.ts";
import { PhasegateError } from "../../core/errors.ts";
import { upCommand } from "../../model/stack-command.ts";
import type { Params } from "../../model/control.ts";
import type { GateVerdict } from "../../model/control-answers.ts";
import type { ServiceFailure } from "../../model/status.ts";
import { changeOrInstant } from "../../readiness/changes.ts";
import { gateText } from "../../readiness/gate-text.ts";
import { answersWithinMs } from "../../supervision/orders.ts";
import type { ServiceProgress } from "../../supervision/progress-text.ts";
import { progressText } from "../../supervision/progress-text.ts";
import type { ServiceRecord } from "../../supervision/service-record.ts";
import { isApplied, isReadyAs, stands } from "../../supervision/service-record.ts";
import { isHopeless } from "../../supervision/steps.ts";
import { progressLines } from "./progress-lines.ts";
import type { SupervisedService } from "../supervisor/supervised-service.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { statusOf } from "../supervisor/status-of.ts";

/** What fails at nearly the same time is reported together: so long is waited after the first failure. */
const settleMs = 1000;
/** A service that has last become ready, or last passed its probes, longer ago than this confirms it before a gate opens on it. */
const freshMs = 2000;
/** A failure that has not been reported answers who asks soon after; later it is tried again. */
const newsworthyMs = 60_000;
/** How long after the latest that its services can be judged a gate ends in any case. */
const marginMs = 30_000;

/** What a gate works with. */
export interface GateDependencies {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  /** A service's failure, with what helps to find its cause. Never rejects. */
  readonly describe: (record: ServiceRecord) => Promise<ServiceFailure>;
  /** The stack's name, for the commands that messages suggest. */
  readonly stack: string | undefined;
}

/**
 * Waits until every service is ready at one moment as it was last applied, or the phase cannot be opened any more. It reads: what
 * starts, restarts and probes the services are their actors. A service that became ready long before the slowest one, and whose probes
 * have not passed lately, is asked to confirm it, all of them in one round; the gate judges by the beginning of that round.
 * @throws PhasegateError PHASEGATE_SERVICE_UNKNOWN; PHASEGATE_CONTROL_REFUSED when a service was replaced meanwhile
 */
export async function awaitGate(
  { supervisor, clock, describe, stack }: GateDependencies,
  { phase, services: wanted, resumed = false }: Params<"awaitGate">,
  onProgress: (text: string) => void,
  signal: AbortSignal,
): Promise<GateVerdict> {
  const services = Object.keys(wanted).map((name) => supervisor.service(name));
  for (const { actor } of services) {
    requireApplied(actor.record(), wanted, stack);
    if (!resumed && isToBeRetried(actor.record(), clock.now())) actor.send({ type: "retry" });
  }

  const lines = progressLines(onProgress, clock);
  const boundMs = clock.now() + longestMs(services.map(({ actor }) => actor.record())) + marginMs;
  let firstFailureMs: number | undefined;
  let roundMs: number | undefined;
  for (;;) {
    if (signal.aborted) {
      // Who waited and left has no use for this outcome: who comes next asks again.
      for (const { actor } of services) actor.send({ type: "reported" });
      throw new PhasegateError("PHASEGATE_CONTROL_REFUSED", "the client has gone");
    }
    const records = services.map(({ actor }) => actor.record());
    requireCurrent(supervisor, services, records, wanted);
    const nowMs = clock.now();
    let stale: readonly ServiceRecord[] = [];
    if (records.every((record) => isReady(record, wanted))) {
      const freshFromMs = (roundMs ?? nowMs) - freshMs;
      stale = records.filter((record) => !isConfirmed(record, freshFromMs));
      if (stale.length === 0) return opened(records);
      if (roundMs === undefined) {
        roundMs = nowMs;
        const unconfirmed = new Set(stale);
        for (const { actor, probing } of services) if (unconfirmed.has(actor.record())) probing.askAll();
      }
    } else {
      roundMs = undefined;
    }

    const lost = records.filter(isLost);
    if (lost.length > 0) firstFailureMs ??= nowMs;
    else firstFailureMs = undefined;
    const settled = records.every((record) => isSettled(record, nowMs) || isReady(record, wanted));
    const late = nowMs >= boundMs;
    if (late || (lost.length > 0 && (settled || nowMs >= (firstFailureMs ?? nowMs) + settleMs))) {
      // What cannot become ready may be why another has failed: it is reported as well.
      const hopeless = records.filter((record) => record.state.name === "starting" && isHopeless(record));
      const hung = late ? records.filter((record) => !isReady(record, wanted) || stale.includes(record)) : [];
      return closed(phase, services, new Set([...lost, ...hopeless, ...hung]), describe);
    }

    const progress = records.map((record) => progressOf(record, stale.includes(record)));
    const nextLineMs = lines(progressText(progress, nowMs));
    const settledMs = firstFailureMs === undefined ? Infinity : firstFailureMs + settleMs;
    await changeOrInstant(supervisor.changed, clock, Math.min(nextLineMs, settledMs, boundMs), signal);
  }
}

type Wanted = Params<"awaitGate">["services"];

/**
 * How long it can take at most until all of these have been judged: each after those of them that it needs, where it is restarted
 * because of them, and within its budget, from when the platform has carried out what was ordered.
 */
function longestMs(records: readonly ServiceRecord[]): number {
  const known = new Map(records.map(({ desired }) => [desired.service, desired]));
  const longest = new Map<string, number>();
  const ofMs = (service: string): number => {
    const desired = known.get(service);
    if (desired === undefined) return 0;
    const before = longest.get(service);
    if (before !== undefined) return before;
    // Needs never lead in a circle; if they did, this would end.
    longest.set(service, 0);
    const { budget, grace } = desired.readiness;
    const own = durationMs(grace) + answersWithinMs + durationMs(budget);
    const ms = Math.max(0, ...Object.keys(desired.needs).map(ofMs)) + own;
    longest.set(service, ms);
    return ms;
  };
  return Math.max(0, ...[...known.keys()].map(ofMs));
}

function isReady(record: ServiceRecord, wanted: Wanted): boolean {
  const own = wanted[record.desired.service];
  return own !== undefined && isReadyAs(record, own);
}

/** A state that no waiting ends. */
function isLost(record: ServiceRecord): boolean {
  const { state } = record;
  if (stands(record)) return false;
  return state.name === "failed" || state.name === "givenUp" || state.name === "stopped";
}

/** Whether it is known how it was lost: a container that is removed is seen to end before it is seen to be gone. */
function isSettled(record: ServiceRecord, nowMs: number): boolean {
  const { state } = record;
  return isLost(record) && !(state.name === "stopped" && !state.gone && nowMs < state.sinceMs + settleMs);
}

function isToBeRetried(record: ServiceRecord, nowMs: number): boolean {
  const { state, reported } = record;
  if (stands(record)) return false;
  if (state.name === "stopped" || state.name === "givenUp") return true;
  return state.name === "failed" && (reported || nowMs - state.atMs > newsworthyMs);
}

/**
 * Whether every probe has passed in an attempt that began since then, or the service has become ready since then. The instant is the
 * same before a round and in it: who needed no asking at its beginning is waited for by nobody.
 */
function isConfirmed(record: ServiceRecord, freshFromMs: number): boolean {
  const { state, probes, desired } = record;
  if (stands(record)) return true;
  if (state.name !== "ready") return false;
  if (state.readyMs >= freshFromMs || desired.readiness.job) return true;
  return probes.every(
    ({ passBeganMs = -Infinity, failures }) => failures === 0 && passBeganMs >= freshFromMs,
  );
}

function requireApplied(record: ServiceRecord, wanted: Wanted, stack: string | undefined): void {
  const own = wanted[record.desired.service];
  if (own === undefined || isApplied(record, own)) return;
  throw new PhasegateError(
    "PHASEGATE_SERVICE_UNKNOWN",
    `the coordinator knows another generation or readiness spec of ${record.desired.service}. Run ${upCommand(stack)} again.`,
  );
}

/** @throws PhasegateError when another `up` wants something else of a service meanwhile */
function requireCurrent(
  supervisor: Supervisor,
  services: readonly SupervisedService[],
  records: readonly ServiceRecord[],
  wanted: Wanted,
): void {
  for (const [i, { desired }] of records.entries()) {
    const own = wanted[desired.service];
    const same = supervisor.find(desired.service) === services[i];
    const record = records[i];
    if (same && own !== undefined && record !== undefined && isApplied(record, own)) continue;
    throw new PhasegateError(
      "PHASEGATE_CONTROL_REFUSED",
      `${desired.service} was replaced while its gate was waited for. Run the same command again.`,
    );
  }
}

function progressOf(record: ServiceRecord, confirming: boolean): ServiceProgress {
  return { status: statusOf(record), record, confirming };
}

function opened(records: readonly ServiceRecord[]): GateVerdict {
  return { opened: true, services: records.map(statusOf) };
}

/** What others need is reported before them: there lies the cause. */
async function closed(
  phase: string,
  services: readonly SupervisedService[],
  failed: ReadonlySet<ServiceRecord>,
  describe: GateDependencies["describe"],
): Promise<GateVerdict> {
  const inOrder = [...failed].sort((a, b) => a.desired.startIndex - b.desired.startIndex);
  const failures = await Promise.all(inOrder.map(describe));
  const reported = new Set(failures.map(({ service }) => service));
  for (const { actor } of services)
    if (reported.has(actor.record().desired.service)) actor.send({ type: "reported" });
  const statuses = services.map(({ actor }) => statusOf(actor.record()));
  const shown = statuses.map((status) =>
    reported.has(status.service) ? { ...status, state: "failed" as const } : status,
  );
  return { opened: false, services: shown, failures, message: gateText(phase, failures, shown) };
}

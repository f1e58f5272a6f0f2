/**
 * A service that must stay ready for a time before it counts as ready: its `minReady`, as the `minReadySeconds` of a Deployment of
 * Kubernetes (https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#min-ready-seconds).
 */
import { durationMs } from "../core/duration.ts";
import type { MinReadyStatus } from "../model/status.ts";
import { stayingText } from "../readiness/staying-text.ts";
import type { Interruption, ServiceRecord } from "./service-record.ts";

function minReadyMs({ desired: { readiness } }: ServiceRecord): number {
  return readiness.minReady === undefined ? 0 : durationMs(readiness.minReady);
}

/** Since when all of its probes have passed without interruption; undefined where one of them does not. */
function passesSinceMs({ probes }: ServiceRecord): number | undefined {
  let latestMs = -Infinity;
  for (const { passing, passesSinceMs: sinceMs } of probes) {
    if (!passing || sinceMs === undefined) return undefined;
    latestMs = Math.max(latestMs, sinceMs);
  }
  return latestMs;
}

/**
 * Whether a service whose probes pass has stayed so for its `minReady`: every probe has passed in an attempt that began when that
 * time was over, and none has failed in between. At once where it has none.
 */
export function hasStayedReady(record: ServiceRecord): boolean {
  const forMs = minReadyMs(record);
  if (forMs === 0) return true;
  const sinceMs = passesSinceMs(record);
  return (
    sinceMs !== undefined &&
    record.probes.every(({ passBeganMs = -Infinity }) => passBeganMs >= sinceMs + forMs)
  );
}

/** Whether one of its probes has passed, and has gone on doing so for the service's `minReady`. */
export function hasProbeThatStays(record: ServiceRecord): boolean {
  const forMs = minReadyMs(record);
  return record.probes.some(
    ({ passing, passesSinceMs: sinceMs = Infinity, passBeganMs = -Infinity }) =>
      passing && (forMs === 0 || passBeganMs >= sinceMs + forMs),
  );
}

/** Whether what its probes say decides when it counts as ready. */
function isToBeProven({ state }: ServiceRecord): boolean {
  return state.name === "starting" || state.name === "failed" || state.name === "givenUp";
}

/** Whether all probes of a service that starts pass now, and are to go on doing so. */
export function isStaying(record: ServiceRecord): boolean {
  return record.state.name === "starting" && minReadyMs(record) > 0 && passesSinceMs(record) !== undefined;
}

/**
 * Until when a probe that passes is tried as often as one that does not, so that an end of the service is noticed: until the time is
 * over, of all probes together or, before all of them pass, of its own. Undefined where it is not; Infinity where it has failed less
 * often than counts.
 */
export function triedOftenUntilMs(record: ServiceRecord, probe: string): number | undefined {
  const forMs = minReadyMs(record);
  const own = forMs === 0 ? undefined : record.probes.find(({ name }) => name === probe);
  if (own === undefined || !own.passing || !isToBeProven(record)) return undefined;
  if (own.failures > 0) return Infinity;
  const sinceMs = passesSinceMs(record) ?? own.passesSinceMs;
  if (sinceMs === undefined || (own.passBeganMs ?? -Infinity) >= sinceMs + forMs) return undefined;
  return sinceMs + forMs;
}

/** The record after a step, with what has interrupted a service that was to stay ready: an attempt that failed, or the end of its run. */
export function noteInterruption(before: ServiceRecord, after: ServiceRecord, nowMs: number): ServiceRecord {
  // Another proof begins by itself.
  if (!isStaying(before) || isStaying(after) || before.deadlineMs !== after.deadlineMs) return after;
  const { state, probes, deadlineMs } = after;
  if (state.name === "ready" || state.name === "degraded" || state.cause.kind === "deadline") return after;
  const failing = probes.find(({ failures }) => failures > 0);
  const byProbe = state.name === "starting" && failing?.lastCause;
  const text = byProbe ? `${failing.name}: ${byProbe.text}` : state.cause.text;
  const times = (interruptionOf(before)?.times ?? 0) + 1;
  const afterMs = Math.max(0, nowMs - (passesSinceMs(before) ?? nowMs));
  return { ...after, interruption: { times, afterMs, text, deadlineMs } };
}

/** What has last interrupted the proof under way. */
function interruptionOf({ interruption, deadlineMs }: ServiceRecord): Interruption | undefined {
  return interruption?.deadlineMs === deadlineMs ? interruption : undefined;
}

/** What clients are shown of it; undefined where a service has no `minReady`. */
export function minReadyStatus(record: ServiceRecord): MinReadyStatus | undefined {
  const forMs = minReadyMs(record);
  if (forMs === 0) return undefined;
  const sinceMs = isToBeProven(record) || record.state.name === "ready" ? passesSinceMs(record) : undefined;
  const interruption = interruptionOf(record);
  return {
    forMs,
    passesSinceMs: sinceMs,
    interrupted: interruption && {
      times: interruption.times,
      afterMs: interruption.afterMs,
      text: interruption.text,
    },
  };
}

/** Why it does not count as ready though its probes pass, or have passed, after a colon or a semicolon; nothing where that is no reason. */
export function notStayedText(record: ServiceRecord): string {
  const status = minReadyStatus(record);
  const text = status && stayingText(status);
  return text === undefined ? "" : `${status?.passesSinceMs === undefined ? "; " : ": "}${text}`;
}

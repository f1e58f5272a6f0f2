import { describeMs, durationMs } from "../core/duration.ts";
import type { Consequence } from "../model/probe.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { ProbeRecord, Thresholds } from "../readiness/probe-record.ts";
import { recordOutcome, settleCauses } from "../readiness/probe-record.ts";
import { fail, failVerification } from "./failing.ts";
import { consequenceOf } from "./monitor-policy.ts";
import type { Effect, ServiceEvent, Step } from "./service-event.ts";
import type { ServiceRecord } from "./service-record.ts";
import { enabledProbes, isVerified, probingOf } from "./service-record.ts";
import { noteLatency, slownessOf } from "./slowness.ts";
import { hasWorkedSince } from "./symptoms.ts";
import { allPassing, become, becomeReady, isHopeless, stay } from "./steps.ts";

/** A probe has answered. What was asked of an earlier run, or by an earlier spec, counts for nothing. */
export function attempted(
  before: ServiceRecord,
  event: Extract<ServiceEvent, { type: "attempted" }>,
  nowMs: number,
): Step {
  const probing = probingOf(before);
  if (probing.mode === "off" || probing.key !== event.key) return stay(before);
  const { record, firstPass } = recorded(before, event, thresholdsOf(before), nowMs);
  // A service that answers one probe for the first time will often answer the others, too.
  const news: Effect[] = firstPass ? [{ type: "tryNow" }] : [];
  const next = judged(record, nowMs);
  return { record: next.record, effects: [...next.effects, ...news] };
}

function thresholdsOf({ state, desired }: ServiceRecord): Thresholds {
  return state.name === "starting" ? desired.readiness : desired.supervision;
}

function recorded(
  record: ServiceRecord,
  { probe, outcome, beganMs }: Extract<ServiceEvent, { type: "attempted" }>,
  thresholds: Thresholds,
  nowMs: number,
): { readonly record: ServiceRecord; readonly firstPass: boolean } {
  let firstPass = false;
  const probes = record.probes.map((known): ProbeRecord => {
    if (known.name !== probe) return known;
    const after = recordOutcome(known, outcome, thresholds, nowMs, beganMs);
    firstPass = known.firstPassMs === undefined && after.firstPassMs !== undefined;
    return after;
  });
  const { questionedMs } = record;
  const answered = questionedMs !== undefined && hasWorkedSince({ probes }, questionedMs);
  const next = { ...record, probes: settleCauses(probes), ...(answered && { questionedMs: undefined }) };
  return { record: withLatency(next, probe, outcome, nowMs), firstPass };
}

/** Notes how long an attempt took, where the service is judged by that. A start says nothing of the speed. */
function withLatency(record: ServiceRecord, probe: string, outcome: Outcome, nowMs: number): ServiceRecord {
  const { desired, latencies, state } = record;
  const { slow } = desired.supervision;
  if (slow === undefined || outcome.status !== "passed" || state.name === "starting") return record;
  return {
    ...record,
    latencies: { ...latencies, [probe]: noteLatency(latencies[probe], outcome.tookMs, nowMs, slow) },
  };
}

/** Why a service whose probes all pass is slow, in words; undefined where it is not. */
function slowText({ desired, latencies, probes }: ServiceRecord, nowMs: number): string | undefined {
  const { slow } = desired.supervision;
  if (slow === undefined) return undefined;
  for (const { name } of probes) {
    const found = slownessOf(latencies[name], slow, nowMs);
    if (found !== undefined)
      return `${name}: slow: p95 ${describeMs(found.p95Ms)} within ${slow.window}, ${found.factor} times its ${describeMs(found.baselineMs)} of ${slow.baseline}`;
  }
  return undefined;
}

function judged(record: ServiceRecord, nowMs: number): Step {
  const { state, desired } = record;
  const { service } = desired;
  switch (state.name) {
    case "starting": {
      const { readiness } = desired;
      const budgetMs = durationMs(readiness.budget);
      if (allPassing(record)) {
        const cause = { kind: "recovered", text: `all probes of ${service} pass` } as const;
        return becomeReady(record, cause, nowMs, state.deadlineMs - budgetMs);
      }
      if (desired.readiness.failFast && isHopeless(record) && !isVerified(record))
        return failVerification(record, "permanent", undefined, nowMs);
      return stay(record);
    }
    case "failed":
    case "givenUp": {
      const cause = { kind: "recovered", text: `${service} recovered by itself` } as const;
      return runs(record) && allPassing(record)
        ? becomeReady(record, cause, nowMs, state.sinceMs)
        : stay(record);
    }
    case "ready":
      return allPassing(record) ? slowOr(stay(unsuspected(record)), nowMs) : failing(record, nowMs);
    case "degraded":
      return degraded(record, nowMs);
    case "pending":
    case "restarting":
    case "stopped":
      return stay(record);
  }
}

/** A service that works, but slower than its own past, is degraded. */
function slowOr({ record, effects }: Step, nowMs: number): Step {
  const text = slowText(record, nowMs);
  if (text === undefined) return { record, effects };
  return { record: become(record, { name: "degraded", cause: { kind: "slow", text } }, nowMs), effects };
}

function degraded(record: ServiceRecord, nowMs: number): Step {
  const { state, down, desired } = record;
  if (!allPassing(record)) return down === undefined ? failing(record, nowMs) : stay(record);
  if (down !== undefined || state.name !== "degraded") return stay(unsuspected(record));
  // The text of a slowness changes with each attempt: it is what it was when it began.
  if (slowText(record, nowMs) !== undefined)
    return state.cause.kind === "slow" ? stay(record) : slowOr(stay(record), nowMs);
  const cause = { kind: "recovered", text: `all probes of ${desired.service} pass` } as const;
  return becomeReady(record, cause, nowMs, state.sinceMs);
}

/**
 * A probe has failed often enough in a row. Those that a restart may mend decide. Where the service needs others it may be a
 * symptom: it is suspected, and judged when it is known whether those work.
 */
export function failing(record: ServiceRecord, nowMs: number): Step {
  const { desired, excused, state, suspectedMs } = record;
  const serious = failedFor(record, "restart");
  if (serious && !excused) {
    if (Object.keys(desired.needs).length === 0) return isUnhealthy(record, serious, nowMs);
    return stay(suspectedMs === undefined ? { ...record, suspectedMs: nowMs } : record);
  }
  const first = serious ?? failedFor(record, "report");
  if (first === undefined) return stay(record);
  const cause = { kind: excused ? "dependency" : "probe", text: failureText(first) } as const;
  if (state.name === "degraded" && state.cause.kind === cause.kind && state.cause.text === cause.text)
    return stay(record);
  return stay(become(record, { name: "degraded", cause }, nowMs));
}

/** It is known that what the service needs works, or has not been for too long: what its probes say is its own failure. */
export function blamed(record: ServiceRecord, nowMs: number): Step {
  if (record.suspectedMs === undefined) return stay(record);
  const serious = failedFor(record, "restart");
  return serious ? isUnhealthy(record, serious, nowMs) : stay(unsuspected(record));
}

/** A dependent asks whether the service works: every probe is tried. */
export function questioned(
  record: ServiceRecord,
  { sinceMs }: Extract<ServiceEvent, { type: "questioned" }>,
): Step {
  const { questionedMs = -Infinity } = record;
  return questionedMs >= sinceMs
    ? stay(record)
    : stay({ ...record, questionedMs: sinceMs }, { type: "tryAll" });
}

function isUnhealthy(record: ServiceRecord, probe: ProbeRecord, nowMs: number): Step {
  const cause = { kind: "unhealthy", text: failureText(probe) } as const;
  return fail({ ...record, by: "unhealthy" }, cause, undefined, nowMs);
}

/** The first probe that fails, and asks for this to be done about it. */
function failedFor({ probes, desired }: ServiceRecord, wanted: Consequence): ProbeRecord | undefined {
  const enabled = enabledProbes(desired);
  return probes.find(({ name, passing, lastCause }) => {
    const probe = enabled[name];
    return !passing && (probe === undefined ? "report" : consequenceOf(probe, lastCause)) === wanted;
  });
}

function failureText({ name, lastCause }: ProbeRecord): string {
  return `${name}: ${lastCause?.text ?? "it does not pass"}`;
}

function unsuspected(record: ServiceRecord): ServiceRecord {
  return record.suspectedMs === undefined ? record : { ...record, suspectedMs: undefined };
}

function runs({ seen }: ServiceRecord): boolean {
  return typeof seen === "object" && seen.running;
}

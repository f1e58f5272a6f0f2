import { describeMs, durationMs } from "../core/duration.ts";
import type { Consequence } from "../model/probe-parts/options.ts";
import { asksOverNetwork } from "../model/probe.ts";
import type { ProbeRecord, Thresholds } from "../readiness/probe-record.ts";
import { recordOutcome, settleCauses } from "../readiness/probe-record.ts";
import { fail, failVerification } from "./failing.ts";
import { hasStayedReady, isStaying } from "./min-ready.ts";
import { consequenceOf } from "./monitor-policy.ts";
import type { Effect, ServiceEvent, Step } from "./service-event.ts";
import type { ServiceRecord } from "./service-record.ts";
import { enabledProbes, isVerified, probingOf } from "./service-record.ts";
import { hasWorkedSince } from "./symptoms.ts";
import { noteLatency, slownessOf } from "./slowness.ts";
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
  const next = judged(timed(record, event, nowMs), nowMs);
  // Those that have passed long ago are tried again from when all pass: the time that it must stay ready begins.
  const all: Effect[] = isStaying(next.record) && !isStaying(before) ? [{ type: "tryAll" }] : [];
  return { record: next.record, effects: [...next.effects, ...news, ...all] };
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
  return { record: next, firstPass };
}

/** Notes how long an attempt took of a service that is watched for getting slow. */
function timed(
  record: ServiceRecord,
  { probe, outcome }: Extract<ServiceEvent, { type: "attempted" }>,
  nowMs: number,
): ServiceRecord {
  const { state, desired, slowness } = record;
  const { slow } = desired.supervision;
  const asked = enabledProbes(desired)[probe];
  const isWatched = state.name === "ready" || state.name === "degraded";
  if (slow === undefined || !isWatched || outcome.status !== "passed") return record;
  if (asked === undefined || !asksOverNetwork(asked)) return record;
  const noted = noteLatency(slowness[probe], outcome.tookMs, nowMs, slow);
  return { ...record, slowness: { ...slowness, [probe]: noted } };
}

/** The first probe that is slow, in words. */
function slowText({ desired, slowness }: ServiceRecord, nowMs: number): string | undefined {
  const { slow } = desired.supervision;
  if (slow === undefined) return undefined;
  const [text] = Object.entries(slowness).flatMap(([probe, known]) => {
    const found = slownessOf(known, slow, nowMs);
    if (found === undefined) return [];
    const { p95Ms, baselineMs, factor } = found;
    return `${probe} is slow: p95 ${describeMs(p95Ms)}, ${factor} times the ${describeMs(baselineMs)} that is usual`;
  });
  return text;
}

function judged(record: ServiceRecord, nowMs: number): Step {
  const { state, desired } = record;
  const { service } = desired;
  switch (state.name) {
    case "starting": {
      const { readiness } = desired;
      const budgetMs = durationMs(readiness.budget);
      if (allPassing(record) && hasStayedReady(record)) {
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
      return runs(record) && allPassing(record) && hasStayedReady(record)
        ? becomeReady(record, cause, nowMs, state.sinceMs)
        : stay(record);
    }
    case "ready":
      return allPassing(record) ? passing(unsuspected(record), nowMs) : failing(record, nowMs);
    case "degraded":
      return degraded(record, nowMs);
    case "pending":
    case "restarting":
    case "stopped":
      return stay(record);
  }
}

function degraded(record: ServiceRecord, nowMs: number): Step {
  const { state, down, desired } = record;
  if (!allPassing(record)) return down === undefined ? failing(record, nowMs) : stay(record);
  if (down !== undefined || state.name !== "degraded") return stay(unsuspected(record));
  if (slowText(record, nowMs) !== undefined) return passing(unsuspected(record), nowMs);
  const cause = { kind: "recovered", text: `all probes of ${desired.service} pass` } as const;
  return becomeReady(record, cause, nowMs, state.sinceMs);
}

/** It answers, and may do so more slowly than usual. The values change with every attempt: they are said once. */
function passing(record: ServiceRecord, nowMs: number): Step {
  const { state } = record;
  const text = slowText(record, nowMs);
  const isSaid = state.name === "degraded" && state.cause.kind === "slow";
  if (text === undefined || isSaid) return stay(record);
  return stay(become(record, { name: "degraded", cause: { kind: "slow", text } }, nowMs));
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

import { isDeepStrictEqual } from "node:util";
import { durationMs, isDuration } from "../core/duration.ts";
import { jsonMismatch } from "../core/json.ts";
import type { Value } from "./differences.ts";

/** A value of a plan that bounds something, and when a change of it lets more through. */
export interface Bound {
  readonly of: "stack" | "phase" | "service" | "probe";
  /** The place within that, with dots between the keys. */
  readonly at: string;
  readonly looser: (before: Value, after: Value) => boolean;
  /** What a looser one lets through. */
  readonly reason: string;
  /** A list beside it without which it bounds nothing. */
  readonly onlyWith?: string;
}

/**
 * Every bound. A value that is not here can change without proving less: a shorter wait between attempts, a longer
 * back-off, another grace, fewer restarts or another
 * intensity, another baseline, a gate that does not fail fast. What a probe asks, its statement or its path, has no order at all.
 */
export const bounds: readonly Bound[] = [
  {
    of: "stack",
    at: "healthCheckInterval",
    looser: longer,
    reason: "a service that stops working is noticed later",
  },
  {
    of: "stack",
    at: "alerting.after",
    looser: longer,
    reason: "an incident may last longer before anybody is alerted",
  },
  {
    of: "stack",
    at: "alerting.repeat",
    looser: longer,
    reason: "an alert that is still open is sent again later",
  },
  {
    of: "phase",
    at: "budget",
    looser: longer,
    reason: "a service may take longer to start before its gate fails",
  },
  {
    of: "phase",
    at: "edgeBudget",
    looser: longer,
    reason: "what a service needs may take longer to answer where the service will run",
    onlyWith: "edges",
  },
  {
    of: "service",
    at: "readiness.budget",
    looser: longer,
    reason: "it may take longer to start before its gate fails",
  },
  {
    of: "service",
    at: "readiness.successThreshold",
    looser: fewer,
    reason: "fewer passes in a row count as ready",
  },
  {
    of: "service",
    at: "readiness.failureThreshold",
    looser: more,
    reason: "a probe that fails more often in a row still counts as passing",
  },
  {
    of: "service",
    at: "readiness.minReady",
    looser: shorterOrGone,
    reason: "it counts as ready after having stayed so for less long",
  },
  {
    of: "service",
    at: "readiness.restarts.maxRetries",
    looser: more,
    reason: "a service that exits more often while it starts still gets through its gate",
  },
  {
    of: "service",
    at: "supervision.interval",
    looser: longer,
    reason: "once ready, it is probed less often: what fails is noticed later",
  },
  {
    of: "service",
    at: "supervision.failureThreshold",
    looser: more,
    reason: "once ready, a probe that fails more often in a row still counts as passing",
  },
  {
    of: "service",
    at: "supervision.successThreshold",
    looser: fewer,
    reason: "fewer passes in a row count as recovered",
  },
  { of: "service", at: "supervision.slow", looser: gone, reason: "it may get slow unnoticed" },
  {
    of: "service",
    at: "supervision.slow.window",
    looser: longer,
    reason: "it must be slow for longer before that is noticed",
  },
  {
    of: "service",
    at: "supervision.slow.factor",
    looser: more,
    reason: "it may get slower before that is noticed",
  },
  {
    of: "service",
    at: "readiness.endpoint.tls",
    looser: gone,
    reason: "it is probed in plain text: anybody on the way can read and answer",
  },
  {
    of: "service",
    at: "readiness.endpoint.tls.insecure",
    looser: added,
    reason: "anything that answers at its address passes for it: no certificate is verified",
  },
  {
    of: "probe",
    at: "https",
    looser: gone,
    reason: "it no longer says that it asks in TLS",
  },
  {
    of: "probe",
    at: "https.insecure",
    looser: added,
    reason: "anything that answers passes for the service: no certificate is verified",
  },
  { of: "probe", at: "tls", looser: gone, reason: "it is asked in plain text" },
  {
    of: "probe",
    at: "tls.insecure",
    looser: added,
    reason: "anything that answers passes for its target: no certificate is verified",
  },
  {
    of: "service",
    at: "resources.memory",
    looser: gone,
    reason: "it may use all memory of the machine, and have its neighbours ended with it",
  },
  {
    of: "service",
    at: "resources.cpus",
    looser: gone,
    reason: "it may keep all CPUs of the machine busy, and its neighbours waiting",
  },
  {
    of: "service",
    at: "resources.pids",
    looser: gone,
    reason: "it may fill the machine with processes until no new one can start",
  },
  { of: "probe", at: "timeout", looser: longer, reason: "an answer that takes longer passes" },
  { of: "probe", at: "rows.atLeast", looser: fewer, reason: "an answer with fewer rows passes" },
  { of: "probe", at: "rows.atMost", looser: moreOrAny, reason: "an answer with more rows passes" },
  { of: "probe", at: "p95", looser: gone, reason: "how slow the answers are does not matter any more" },
  { of: "probe", at: "p95.under", looser: longer, reason: "slower answers pass" },
  { of: "probe", at: "p95.samples", looser: fewer, reason: "a percentile of fewer answers says less" },
  { of: "probe", at: "count", looser: fewer, reason: "a smaller pool of connections passes" },
  { of: "probe", at: "messages.atMost", looser: moreOrAny, reason: "a queue with more messages passes" },
  { of: "probe", at: "consumers.atLeast", looser: fewerOrAny, reason: "a queue with fewer consumers passes" },
  {
    of: "probe",
    at: "documents.atLeast",
    looser: fewerOrAny,
    reason: "a collection with fewer documents passes",
  },
  { of: "probe", at: "brokers.atLeast", looser: fewer, reason: "a cluster of fewer brokers passes" },
  { of: "probe", at: "partitions.atLeast", looser: fewer, reason: "a topic of fewer partitions passes" },
  { of: "probe", at: "objects.atLeast", looser: fewerOrAny, reason: "a bucket with fewer objects passes" },
  { of: "probe", at: "startTls", looser: noLonger, reason: "a mail server without TLS passes" },
  { of: "probe", at: "under", looser: more, reason: "a fuller memory passes" },
  { of: "probe", at: "status", looser: widened, reason: "a status passes that did not" },
  { of: "probe", at: "addresses.atLeast", looser: fewer, reason: "a name with fewer addresses passes" },
  {
    of: "probe",
    at: "stdout",
    looser: replaced,
    reason: "what the command writes is not held to that pattern any more",
  },
  { of: "probe", at: "for", looser: shorter, reason: "a container that has run for less long passes" },
  { of: "probe", at: "json", looser: requiresLess, reason: "a body passes that did not" },
  { of: "probe", at: "text", looser: replaced, reason: "the body is not held to that text any more" },
  {
    of: "probe",
    at: "responseHeaders",
    looser: requiresLess,
    reason: "headers of the answer are not held to what they were",
  },
  { of: "probe", at: "redirects", looser: added, reason: "it may be another address that answers" },
  { of: "probe", at: "redirects.atMost", looser: more, reason: "an answer after more redirects passes" },
  { of: "probe", at: "redirects.hosts", looser: widened, reason: "another host's answer passes" },
  { of: "probe", at: "expect", looser: requiresLess, reason: "an answer passes that did not" },
];

function longer(before: Value, after: Value): boolean {
  const [from, to] = [before, after].map((value) =>
    typeof value === "string" && isDuration(value) ? durationMs(value) : NaN,
  );
  return (to ?? NaN) > (from ?? NaN);
}

function shorter(before: Value, after: Value): boolean {
  return longer(after, before);
}

function shorterOrGone(before: Value, after: Value): boolean {
  return gone(before, after) || shorter(before, after);
}

function more(before: Value, after: Value): boolean {
  return typeof before === "number" && typeof after === "number" && after > before;
}

function fewer(before: Value, after: Value): boolean {
  return more(after, before);
}

function gone(before: Value, after: Value): boolean {
  return before !== undefined && after === undefined;
}

function added(before: Value, after: Value): boolean {
  return gone(after, before);
}

/** Patterns have no order: another one may match what this one does not. */
function replaced(before: Value, after: Value): boolean {
  return before !== undefined && !isDeepStrictEqual(before, after);
}

function moreOrAny(before: Value, after: Value): boolean {
  return gone(before, after) || more(before, after);
}

function fewerOrAny(before: Value, after: Value): boolean {
  return gone(before, after) || fewer(before, after);
}

/** What had to be so need not be any more. */
function noLonger(before: Value, after: Value): boolean {
  return before === true && after === false;
}

/** Something is in the list that was not. */
function widened(before: Value, after: Value): boolean {
  return Array.isArray(before) && Array.isArray(after) && after.some((item) => !before.includes(item));
}

/** What was required before does not follow from what is required now. */
function requiresLess(before: Value, after: Value): boolean {
  if (before === undefined) return false;
  return after === undefined || jsonMismatch(after, before) !== undefined;
}

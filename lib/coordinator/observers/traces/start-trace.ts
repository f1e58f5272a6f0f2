import type { GateRecord, StartRecord } from "../../../model/history.ts";
import type { ProbeStatus } from "../../../model/status.ts";
import type { Deployment } from "../observer.ts";
import type { SpanEvent, SpanTree } from "./span-tree.ts";
import { shortened } from "./span-tree.ts";

/** Why an attempt did not pass, and when. */
export interface FailedAttempt {
  readonly atMs: number;
  readonly code: string;
  readonly text: string;
}

/** What has been observed while an `up` was at work. */
export interface Observed {
  readonly starts: readonly StartRecord[];
  readonly verdicts: readonly GateRecord[];
  /** Of a probe of a service, in their order. */
  readonly failedAttempts: (service: string, probe: string) => readonly FailedAttempt[];
}

/** The trace of one start of the stack: phases, the services of each, and their probes. */
export function startTrace(deployment: Deployment, { starts, verdicts, failedAttempts }: Observed): SpanTree {
  const { beganMs, endedMs, outcome, phase } = deployment;
  const own = starts.filter((start) => start.beganMs >= beganMs && start.beganMs <= endedMs);
  const judged = verdicts.filter(({ atMs }) => atMs >= beganMs && atMs <= endedMs);
  const names = new Set([
    ...judged.map((verdict) => verdict.phase),
    ...own.map(({ status }) => status.phase),
  ]);
  const phases = [...names].map((name) => {
    const verdict = judged.findLast((one) => one.phase === name);
    const services = own
      .filter(({ status }) => status.phase === name)
      .map((start) => serviceSpan(start, deployment, failedAttempts));
    return phaseSpan(name, verdict, services, deployment);
  });
  const error =
    outcome === "failed"
      ? { type: "gate_failed", text: phase === undefined ? "a gate did not open" : `${phase} did not open` }
      : outcome === "interrupted"
        ? { type: "interrupted", text: "it has gone while it waited" }
        : undefined;
  return {
    ...{ name: "up", beganMs, endedMs, error, events: [] },
    attributes: { "phasegate.outcome": outcome },
    children: inOrder(phases),
  };
}

function phaseSpan(
  name: string,
  verdict: GateRecord | undefined,
  services: readonly SpanTree[],
  deployment: Deployment,
): SpanTree {
  const endedMs = verdict?.atMs ?? deployment.endedMs;
  const begins = services.map((service) => service.beganMs);
  const beganMs = Math.min(verdict?.beganMs ?? endedMs, ...begins);
  const failure = verdict?.failures[0];
  const edges = (verdict?.edges?.statuses ?? []).filter(({ probe }) => !probe.passing);
  const error =
    verdict === undefined || verdict.opened
      ? undefined
      : { type: failure?.reason ?? "edges", text: `the gate of ${name} did not open` };
  return {
    ...{ name: `phase ${name}`, beganMs: Math.max(beganMs, deployment.beganMs), endedMs, error },
    attributes: {
      "phasegate.phase": name,
      ...(verdict !== undefined && { "phasegate.gate.opened": verdict.opened }),
    },
    events: edges.slice(0, mostEvents).map(({ dependent, needed, probe }) => ({
      name: "edge not proven",
      atMs: endedMs,
      attributes: {
        "phasegate.dependent": dependent,
        "phasegate.needed": needed,
        "phasegate.probe": probe.name,
        ...causeAttributes(probe.lastCause),
      },
    })),
    children: inOrder(services),
  };
}

function serviceSpan(
  { beganMs: verifiedMs, outcome, status, exits, failure, fromStart }: StartRecord,
  deployment: Deployment,
  failedAttempts: Observed["failedAttempts"],
): SpanTree {
  const { service, phase, startedMs, readyMs, restarts, budgetMs, probes, healthyMs, minReady } = status;
  // What was proven again runs since long: the proof is what the span shows.
  const beganMs = Math.max(
    deployment.beganMs,
    Math.min(verifiedMs, fromStart ? (startedMs ?? verifiedMs) : verifiedMs),
  );
  const lasted = outcome === "failed" ? beganMs + (failure?.usedMs ?? 0) : undefined;
  const endedMs = Math.max(beganMs, Math.min(deployment.endedMs, readyMs ?? lasted ?? deployment.endedMs));
  const ended: SpanEvent[] = exits.slice(-mostEvents).map(({ atMs, code, outOfMemory, startError }) => ({
    name: "exit",
    atMs,
    attributes: {
      "process.exit.code": code,
      "phasegate.out_of_memory": outOfMemory,
      ...(startError !== "" && { "phasegate.start_error": shortened(startError) }),
    },
  }));
  const healthy = healthyMs !== undefined && healthyMs >= beganMs;
  const passesMs = minReady?.passesSinceMs ?? -Infinity;
  return {
    ...{ name: `service ${service}`, beganMs, endedMs },
    attributes: {
      "phasegate.service": service,
      "phasegate.phase": phase,
      "phasegate.outcome": outcome,
      "phasegate.restarts": restarts,
      "phasegate.budget_ms": budgetMs,
      "phasegate.from_start": fromStart,
      ...(minReady && { "phasegate.min_ready_ms": minReady.forMs }),
    },
    events: [
      ...ended,
      ...(healthy ? [{ name: "engine healthy", atMs: healthyMs, attributes: {} }] : []),
      // From then on it had to stay so.
      ...(passesMs >= beganMs ? [{ name: "every probe passes", atMs: passesMs, attributes: {} }] : []),
    ],
    error: failure && { type: failure.reason, text: shortened(failure.headline) },
    children: probes.slice(0, mostProbes).map((probe) =>
      probeSpan(probe, {
        ...{ service, beganMs, endedMs },
        failed: outcome === "failed",
        attempts: failedAttempts(service, probe.name),
      }),
    ),
  };
}

function probeSpan(
  { name, kind, attempts, firstPassMs, passing, lastCause, measured }: ProbeStatus,
  around: {
    readonly service: string;
    readonly beganMs: number;
    readonly endedMs: number;
    readonly failed: boolean;
    readonly attempts: readonly FailedAttempt[];
  },
): SpanTree {
  const { service, beganMs, failed } = around;
  const endedMs = Math.max(beganMs, Math.min(around.endedMs, firstPassMs ?? around.endedMs));
  const seen = around.attempts.filter(({ atMs }) => atMs >= beganMs && atMs <= around.endedMs);
  const last = lastCause && { atMs: endedMs, ...lastCause };
  const causes = seen.length > 0 ? seen : last === undefined ? [] : [last];
  return {
    ...{ name: `probe ${name}`, beganMs, endedMs },
    attributes: {
      "phasegate.service": service,
      "phasegate.probe": name,
      "phasegate.probe.kind": kind,
      "phasegate.attempts": attempts,
      ...(measured && { "phasegate.p95_ms": measured.p95Ms }),
    },
    events: causes.slice(-mostEvents).map(({ atMs, ...cause }) => ({
      ...{ name: "attempt failed", atMs },
      attributes: causeAttributes(cause),
    })),
    error:
      failed && !passing && lastCause ? { type: lastCause.code, text: shortened(lastCause.text) } : undefined,
    children: [],
  };
}

/** The most events of a span. */
const mostEvents = 64;
/** The most probes of a service. */
const mostProbes = 100;

function causeAttributes(
  cause: { readonly code: string; readonly text: string } | undefined,
): Readonly<Record<string, string>> {
  return cause === undefined ? {} : { "error.type": cause.code, "phasegate.cause": shortened(cause.text) };
}

function inOrder(spans: readonly SpanTree[]): readonly SpanTree[] {
  return spans.toSorted((a, b) => a.beganMs - b.beganMs || a.endedMs - b.endedMs);
}

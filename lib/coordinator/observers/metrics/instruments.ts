/** The metrics by their names, as docs/metrics.md lists them. Who measures nothing loads neither this file nor its library. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** Seconds of what a stack's parts take: up to the longest budgets. */
const longBuckets = [1, 2, 5, 10, 20, 30, 60, 90, 120, 180, 300, 600];
const incidentBuckets = [5, 15, 30, 60, 120, 300, 600, 1800, 3600, 14_400];
const probeBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export type Instruments = ReturnType<typeof instruments>;

/** What the coordinator says of itself when it is scraped. */
export interface OwnHealth {
  /** When its process began, milliseconds since the epoch. */
  readonly startedMs: number;
  /** Why the history is not being written; undefined where it is. */
  readonly historyProblem: () => string | undefined;
  readonly info: Readonly<Record<"declaration" | "environment", string>>;
  /** On every series: who reads those of several stacks needs no relabelling. */
  readonly stack: string;
}

/** A registry of its own with all metrics. */
export function instruments({ startedMs, historyProblem, info, stack }: OwnHealth) {
  const registry = new Registry();
  registry.setDefaultLabels({ stack });
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter<L>({ name: `phasegate_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    collect?: () => void,
  ) => new Gauge<L>({ name: `phasegate_${name}`, help, labelNames, registers, ...(collect && { collect }) });
  const histogram = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: number[],
  ) => new Histogram<L>({ name: `phasegate_${name}`, help, labelNames, buckets, registers });

  collectDefaultMetrics({ register: registry });
  gauge("info", "1, with what the stack is called", ["declaration", "environment"]).set(info, 1);
  gauge("coordinator_start_time_seconds", "When the coordinator's process began, since the epoch", []).set(
    startedMs / 1000,
  );
  const history = gauge("history_problem", "1 while the history is not being written", [], () => {
    history.set(historyProblem() === undefined ? 0 : 1);
  });

  return {
    registry,
    state: gauge("service_state", "1 for the state that a service is in, 0 for the others", [
      "service",
      "state",
    ]),
    jobSuccess: gauge("job_last_success_timestamp_seconds", "When a job last ended well", ["service"]),
    budget: gauge("service_startup_budget_seconds", "How long a service may take to become ready", [
      "service",
      "phase",
    ]),
    startup: histogram(
      "service_startup_duration_seconds",
      "From the container's start until every probe had passed",
      ["service", "phase"],
      longBuckets,
    ),
    gap: histogram(
      "service_startup_gap_seconds",
      "From the engine's healthy to ready: 0 where the engine said so later",
      ["service", "phase"],
      longBuckets,
    ),
    starts: counter("service_starts_total", "Verifications of services by their verdict", [
      "service",
      "phase",
      "outcome",
    ]),
    validationFailures: counter("readiness_validation_failures_total", "Verifications that failed", [
      "phase",
      "service",
      "reason",
    ]),
    restarts: counter("service_restarts_total", "Restarts by what brought them about", ["service", "cause"]),
    gates: counter("gates_total", "Verdicts of gates, and of edges that did not let a phase begin", [
      "phase",
      "outcome",
    ]),
    gateOpen: gauge("gate_open", "1 where the last verdict of a phase's gate was that it opens", ["phase"]),
    gateDuration: histogram(
      "gate_duration_seconds",
      "How long a gate was waited for",
      ["phase", "outcome"],
      longBuckets,
    ),
    deployments: counter("deployments_total", "Deployments by their outcome", ["outcome"]),
    deploymentDuration: histogram(
      "deployment_duration_seconds",
      "How long deployments took",
      ["outcome"],
      longBuckets,
    ),
    incidents: counter("incidents_total", "Incidents by the service that failed first", ["service"]),
    incidentsOpen: gauge("incidents_open", "Incidents that are open", ["service"]),
    incidentsClosed: counter("incidents_closed_total", "Incidents by how they ended", ["service", "outcome"]),
    incidentDuration: histogram(
      "incident_duration_seconds",
      "From the first failure until all was well again",
      ["outcome"],
      incidentBuckets,
    ),
    cascades: counter("cascade_failures_total", "Incidents that reached other services than the first", [
      "service",
    ]),
    probes: counter("probe_attempts_total", "Attempts of probes by their outcome", [
      "service",
      "probe",
      "during",
      "outcome",
    ]),
    probeDuration: histogram(
      "probe_duration_seconds",
      "How long attempts took while the service was up",
      ["service", "probe"],
      probeBuckets,
    ),
    probesFolded: gauge("probe_labels_folded", '1 where some probes are counted as "other"', []),
    alertsOpen: gauge("alerts_open", "Alerts that are open", []),
    alertsSent: counter("alerts_sent_total", "Messages to sinks by their result", ["sink", "result"]),
  };
}

import type { GateRecord, StartRecord } from "../../../model/history.ts";
import type { FailureReason, ServiceState } from "../../../model/status.ts";
import type { Incident, Transition } from "../../../model/transition.ts";
import type { Log } from "../../log.ts";
import type { Deployment, ObservedAttempt } from "../observer.ts";
import { boundedLabels } from "./bounded-labels.ts";
import type { Instruments } from "./instruments.ts";

/** What there is when counting begins: what comes after it is told by events. */
export interface Known {
  readonly services: readonly {
    readonly service: string;
    readonly phase: string;
    readonly state: ServiceState;
    readonly budgetMs: number;
    /** When a job last did its work. */
    readonly completedMs?: number | undefined;
  }[];
  /** Those that are open. */
  readonly incidents: readonly Incident[];
}

/** What is counted, by what has happened. */
export interface Measures {
  transition(transition: Transition): void;
  incident(incident: Incident): void;
  start(id: number, record: StartRecord): void;
  verdict(record: GateRecord): void;
  deployment(deployment: Deployment): void;
  attempt(attempt: ObservedAttempt): void;
  forgotten(service: string): void;
  alertsOpen(count: number): void;
  alertsSent(sink: string, result: string): void;
}

const states: readonly ServiceState[] = [
  ...(["pending", "starting", "ready", "degraded"] as const),
  ...(["failed", "restarting", "stopped", "givenUp"] as const),
];
const reasons: readonly FailureReason[] = [
  "exited",
  "deadline",
  "gone",
  "stopped",
  "permanent",
  "givenUp",
  "outage",
];
const restartCauses = ["exited", "unhealthy", "deadline", "engine", "dependency", "operator"];

const results = ["delivered", "failed", "dropped"];

/** The most pairs of service and probe that have series of their own: each has eighteen. */
const mostProbes = 300;

/** Counts what happens, from what was known at first. Counters begin at 0 where it is known what they will count, so that the first is an increase. */
export function measures(own: Instruments, known: Known, log: Log): Measures {
  const incidents = new Map<number, { readonly root: string; readonly isCascade: boolean }>();
  let latestIncident = 0;
  /** Of each service the latest start that has been counted, and the latest whose gap has. */
  const counted = new Map<string, number>();
  const gaps = new Map<string, number>();
  /** The generation in which each service was last restarted. */
  const restarted = new Map<string, number>();
  const probed = new Set<string>();
  const stateful = new Set<string>();
  const seen = new Set<string>();
  const phases = new Set<string>();
  /** The phase of each service. */
  const placed = new Map<string, string>();
  const probeLabels = boundedLabels(mostProbes, ([service = "", probe = ""]) => {
    own.probesFolded.set(1);
    log("metrics-folded", { service, probe, most: mostProbes });
  });
  const sinks = new Set<string>();
  const sinkLabels = boundedLabels(50, () => undefined);

  own.probesFolded.set(0);
  own.alertsOpen.set(0);
  for (const outcome of ["succeeded", "failed", "interrupted"]) {
    own.deployments.inc({ outcome }, 0);
    own.deploymentDuration.zero({ outcome });
  }
  for (const outcome of ["recovered", "stopped"]) own.incidentDuration.zero({ outcome });

  function meet(service: string): void {
    if (seen.has(service)) return;
    seen.add(service);
    own.incidents.inc({ service }, 0);
    own.cascades.inc({ service }, 0);
    own.incidentsOpen.set({ service }, 0);
    for (const cause of restartCauses) own.restarts.inc({ service, cause }, 0);
  }

  function meetIn(phase: string, service: string): void {
    meet(service);
    if (!phases.has(phase)) {
      phases.add(phase);
      for (const outcome of ["opened", "failed"]) own.gates.inc({ phase, outcome }, 0);
    }
    const before = placed.get(service);
    if (before === phase) return;
    if (before !== undefined) own.budget.remove({ service, phase: before });
    placed.set(service, phase);
    own.startup.zero({ service, phase });
    own.gap.zero({ service, phase });
    for (const reason of reasons) own.validationFailures.inc({ phase, service, reason }, 0);
    for (const outcome of ["ready", "failed"]) own.starts.inc({ service, phase, outcome }, 0);
  }

  function meetProbe(service: string, probe: string): void {
    const key = JSON.stringify([service, probe]);
    if (probed.has(key)) return;
    probed.add(key);
    own.probeDuration.zero({ service, probe });
    for (const outcome of ["passed", "failed", "unknown"])
      own.probes.inc({ service, probe, during: "monitoring", outcome }, 0);
  }

  function countOpen(service: string): void {
    const open = [...incidents.values()].filter(({ root }) => root === service);
    own.incidentsOpen.set({ service }, open.length);
  }

  function setState(service: string, current: ServiceState): void {
    stateful.add(service);
    for (const state of states) own.state.set({ service, state }, state === current ? 1 : 0);
  }

  function setSuccess(service: string, completedMs: number | undefined): void {
    if (completedMs !== undefined) own.jobSuccess.set({ service }, completedMs / 1000);
  }

  for (const { service, phase, state, budgetMs, completedMs } of known.services) {
    meetIn(phase, service);
    setSuccess(service, completedMs);
    setState(service, state);
    own.budget.set({ service, phase }, budgetMs / 1000);
  }
  for (const { id, root, services } of known.incidents) {
    latestIncident = Math.max(latestIncident, id);
    incidents.set(id, { root, isCascade: Object.keys(services).length > 1 });
    meet(root);
    countOpen(root);
  }

  return {
    transition: ({ service, from, to, cause, generation }) => {
      meet(service);
      setState(service, to);
      if (to !== "restarting") return;
      // A run may end before it was seen to run: then one restart follows the other.
      if (from !== "restarting" || generation > (restarted.get(service) ?? generation))
        own.restarts.inc({ service, cause: cause.kind });
      restarted.set(service, generation);
    },
    incident: ({ id, root, services, openedMs, closedMs, outcome }) => {
      const before = incidents.get(id);
      if (before === undefined) {
        // One that has been counted to its end.
        if (id <= latestIncident) return;
        latestIncident = id;
        meet(root);
        own.incidents.inc({ service: root });
      }
      const isCascade = Object.keys(services).length > 1;
      if (isCascade && before?.isCascade !== true) own.cascades.inc({ service: root });
      incidents.set(id, { root, isCascade: isCascade || before?.isCascade === true });
      if (closedMs !== undefined) incidents.delete(id);
      countOpen(root);
      if (closedMs === undefined) return;
      own.incidentsClosed.inc({ service: root, outcome });
      own.incidentDuration.observe({ outcome }, (closedMs - openedMs) / 1000);
    },
    start: (id, { outcome, status, fromStart, failure }) => {
      const { service, phase, budgetMs, readyAfterMs, readyMs, healthyMs } = status;
      meetIn(phase, service);
      own.budget.set({ service, phase }, budgetMs / 1000);
      setSuccess(service, status.completedMs);
      // Its first state is no change of one.
      if (!stateful.has(service)) setState(service, status.state);
      // The engine may say that it is well after it was ready: then the record comes again.
      if (outcome === "ready" && fromStart && readyMs !== undefined && healthyMs !== undefined) {
        if ((gaps.get(service) ?? -1) < id)
          own.gap.observe({ service, phase }, Math.max(0, readyMs - healthyMs) / 1000);
        gaps.set(service, Math.max(id, gaps.get(service) ?? -1));
      }
      if (outcome === "under-way" || id <= (counted.get(service) ?? -1)) return;
      counted.set(service, id);
      own.starts.inc({ service, phase, outcome });
      if (outcome === "ready" && fromStart && readyAfterMs !== undefined)
        own.startup.observe({ service, phase }, readyAfterMs / 1000);
      if (outcome === "failed")
        own.validationFailures.inc({ phase, service, reason: failure?.reason ?? "deadline" });
    },
    verdict: ({ phase, opened, atMs, beganMs, edges }) => {
      const outcome = opened ? "opened" : edges === undefined ? "failed" : "edgesFailed";
      own.gates.inc({ phase, outcome });
      own.gateOpen.set({ phase }, opened ? 1 : 0);
      const tookMs = edges?.usedMs ?? (beganMs === undefined ? undefined : atMs - beganMs);
      if (tookMs !== undefined) own.gateDuration.observe({ phase, outcome }, Math.max(0, tookMs) / 1000);
    },
    deployment: ({ outcome, beganMs, endedMs }) => {
      own.deployments.inc({ outcome });
      own.deploymentDuration.observe({ outcome }, Math.max(0, endedMs - beganMs) / 1000);
    },
    attempt: (attempt) => {
      const { monitored, status, tookMs } = attempt;
      const [service = "", probe = ""] = probeLabels([attempt.service, attempt.probe]);
      meetProbe(service, probe);
      const during = monitored ? "monitoring" : "start";
      own.probes.inc({ service, probe, during, outcome: status });
      // A connection that is refused while a service starts takes no time, and says nothing of how fast it is.
      if (monitored && status !== "unknown") own.probeDuration.observe({ service, probe }, tookMs / 1000);
    },
    forgotten: (service) => {
      for (const state of states) own.state.remove({ service, state });
      own.incidentsOpen.remove({ service });
      own.jobSuccess.remove({ service });
      const phase = placed.get(service);
      if (phase !== undefined) own.budget.remove({ service, phase });
      placed.delete(service);
      seen.delete(service);
      stateful.delete(service);
    },
    alertsOpen: (count) => own.alertsOpen.set(count),
    alertsSent: (name, result) => {
      const [sink = ""] = sinkLabels([name]);
      if (!sinks.has(sink)) for (const one of results) own.alertsSent.inc({ sink, result: one }, 0);
      sinks.add(sink);
      own.alertsSent.inc({ sink, result });
    },
  };
}

import type { Clock, Random } from "../core/clock.ts";
import { durationMs } from "../core/duration.ts";
import type { DesiredStore } from "../desired/desired-store.ts";
import type { Engine } from "../engine/engine.ts";
import { changesSince } from "../history/changes-since.ts";
import type { History } from "../history/history.ts";
import { readsLog } from "../model/reads-log.ts";
import type { Platform } from "../supervision/platform.ts";
import type { ServiceRecord } from "../supervision/service-record.ts";
import { containerView } from "./containers/container-view.ts";
import { driftNow } from "./containers/drift-now.ts";
import { withExternalWorkloads } from "./containers/external-workloads.ts";
import { followedLines } from "./containers/followed-lines.ts";
import { containerWatch } from "./containers/container-watch.ts";
import { rememberedSetups } from "./containers/remembered-setup.ts";
import { listening } from "./containers/unended-lines.ts";
import { holds } from "./control/hold.ts";
import type { Answer } from "./control/requests.ts";
import { requests } from "./control/requests.ts";
import { keptRecord, recordFrom } from "./kept-record.ts";
import type { Log } from "./log.ts";
import { metricsObserver } from "./observers/metrics/metrics-observer.ts";
import { deployments } from "./observers/deployments.ts";
import { keptHolds } from "./observers/holds.ts";
import { observers } from "./observers/observer.ts";
import type { AlertsObserver } from "./observers/alerts/alerts-observer.ts";
import { needsIn, standingOf } from "./observers/alerts/standing.ts";
import { observedHistory } from "./observers/observed-history.ts";
import { openIncidents } from "./observers/open-incidents.ts";
import { startRecorder } from "./observers/start-recorder.ts";
import type { ConfiguredObserver } from "./observers/telemetry.ts";
import { telemetrySettings } from "./observers/telemetry.ts";
import { tracesObserver } from "./observers/traces/traces-observer.ts";
import { transitionStream } from "./observers/transition-stream.ts";
import { likelyReadiness } from "./probing/likely-readiness.ts";
import type { Redaction } from "./redaction.ts";
import { runSchedules } from "./supervisor/scheduler.ts";
import { describeFailure } from "./supervisor/describe-failure.ts";
import type { Listening, RunAttempt } from "./supervisor/supervised-service.ts";
import type { Supervisor } from "./supervisor/supervisor.ts";
import { supervisor as createSupervisor } from "./supervisor/supervisor.ts";

/** What a coordinator is made from. */
export interface CoordinatorDependencies {
  readonly engine: Engine;
  /** The platform over an engine. */
  readonly platform: (engine: Engine) => Platform;
  readonly history: History;
  /** Who observes what happens, besides the history. */
  readonly observers: readonly ConfiguredObserver[];
  /** The observer that alerts; not among the others. */
  readonly alerts: AlertsObserver;
  readonly desired: DesiredStore;
  readonly runAttempt: RunAttempt;
  readonly listening?: Listening | undefined;
  /** Of deadlines and intervals. */
  readonly clock: Clock;
  /** Milliseconds since the epoch as people have it, for what is shown. */
  readonly wallMs: () => number;
  readonly random: Random;
  readonly log: Log;
  readonly redaction: Redaction;
  /** The labels of the stack's containers. */
  readonly labels: Readonly<Record<string, string>>;
  /** The stack's name, for the commands that messages suggest; undefined where it is not known. */
  readonly stack: string | undefined;
  /** When the coordinator's process began. */
  readonly startedMs: number;
}

export interface Coordinator {
  readonly supervisor: Supervisor;
  readonly answers: Answer;
  /** Ends what it does, and waits a few seconds at most for what is being sent. */
  close(): Promise<void>;
}

/** How often it is written down that the coordinator is there: what happened since is asked for when it is started again. */
const aliveEveryMs = 5000;

/** A coordinator: it goes on with what was kept on the disk, and answers requests. */
export function coordinator(dependencies: CoordinatorDependencies): Coordinator {
  const { desired, clock, wallMs, random, log, redaction, labels, stack, startedMs } = dependencies;
  const { alerts } = dependencies;
  const metrics = metricsObserver({
    ...{ clock, log, startedMs, historyProblem: dependencies.history.problem },
    known: () => ({
      services: [...supervisor.records().values()].map(
        ({ desired: { service, phase, readiness }, state, completed }) => ({
          ...{ service, phase, state: state.name, budgetMs: durationMs(readiness.budget) },
          completedMs: completed?.atMs,
        }),
      ),
      incidents: stream.openIncidents(),
    }),
  });
  const traces = tracesObserver({ log });
  const configured: readonly ConfiguredObserver[] = [...dependencies.observers, alerts, metrics, traces];
  alerts.measure(metrics);
  const observed = observers(configured, { log, redact: redaction.redact });
  const history = observedHistory(dependencies.history, observed);
  const closed = new AbortController();
  const { engine, ...ears } = listening(dependencies.engine, { clock, random, log });
  const platform = withExternalWorkloads(dependencies.platform(engine));
  const setups = rememberedSetups(engine, { fingerprint: history.fingerprint, log });
  const startedFrom = async ({ desired: { workload, readiness } }: ServiceRecord) => ({
    setup: readiness.external ? undefined : await setups.of(workload),
    spec: readiness,
  });
  const starts = startRecorder({ recorder: history, startedFrom, watchingSinceMs: startedMs, clock });
  const kept = openIncidents(history);
  const stream = transitionStream({
    ...kept,
    wallMs,
    onTransition: (transition) => {
      const { service, from, to, cause } = transition;
      log(`service-${to}`, { service, from, cause: cause.text });
      history.transition(transition);
      observed.transition(transition);
    },
    onIncident: (incident) => {
      history.incident(incident);
      observed.incident(incident);
    },
  });

  const lines = followedLines({
    ...{ engine, clock, random, log },
    onFound: (workload) => supervisor.tryNow(workload),
  });
  const watch = containerWatch(
    {
      ...{ platform, clock, random, log },
      sinceMs: desired.fact("lastAliveMs"),
      onSeen: (workload, seen, look) => supervisor.seen(workload, seen, look),
      onOrdered: (workload) => supervisor.ordered(workload),
      // Before it is started: by the time that it is applied it may have written all that it ever writes.
      onCreated: (workload, own) => own["phasegate.service"] !== undefined && ears.listen(workload),
      onRemoved: (workload) => {
        forgetOutput(workload);
        setups.forget(workload);
      },
      onSilent: () => undefined,
      onHeard: () => undefined,
    },
    closed.signal,
  );

  const supervisor: Supervisor = createSupervisor({
    ...{ platform, clock, random, log, redaction, stack },
    ...{ runAttempt: dependencies.runAttempt, listening: dependencies.listening },
    likelyReady: likelyReadiness(history),
    view: (workload) =>
      containerView(engine, workload, {
        kept: (maxAgeMs) => watch.kept(workload, maxAgeMs),
        look: () => watch.look(workload),
        follow: lines.search,
        unended: () => ears.unended(workload),
      }),
    look: watch.look,
    lookSoon: watch.lookSoon,
    follow: watch.follow,
    unfollow: watch.unfollow,
    keep: (record, secrets, waits) =>
      desired.keep(record.desired.service, keptRecord(record), secrets, waits),
    drop: (service) => {
      desired.forget(service);
      starts.end(service);
      observed.forgotten(service);
      stream.reconcile(supervisor.records());
    },
    onChange: (before, after, records) => {
      listen(before, after);
      stream.note(before, after, records);
      starts.note(before, after);
    },
    onAttempt: (probe, outcome, { desired: { service, readiness }, state }) => {
      const kind = readiness.probes[probe]?.kind;
      if (kind === undefined) return;
      const { status, tookMs } = outcome;
      const cause = outcome.status === "passed" ? undefined : outcome.cause;
      const monitored = state.name !== "starting" && state.name !== "pending";
      observed.attempt({ service, probe, kind, status, tookMs, atMs: wallMs(), monitored, cause });
    },
  });

  /** Listens to a container's output while it starts; once it is ready nobody reads it, and it may write a lot. */
  function listen(before: ServiceRecord | undefined, { desired: own, state }: ServiceRecord): void {
    const { workload, readiness } = own;
    if (before !== undefined && before.desired.workload !== workload) forgetOutput(before.desired.workload);
    const needed = state.name !== "ready" || Object.values(readiness.probes).some(readsLog);
    if (readiness.external) return;
    if (needed && state.name !== "stopped") ears.listen(workload);
    else forgetOutput(workload);
  }

  function forgetOutput(workload: string): void {
    ears.forget(workload);
    lines.forget(workload);
  }

  const telemetry = telemetrySettings({ desired, observers: configured, stack, redaction, log });
  for (const service of desired.load()) {
    const record = recordFrom(service);
    if (record === undefined) log("not-resumed", { service: service.service });
    else supervisor.resume(record, service.secrets);
  }
  stream.reconcile(supervisor.records());
  alerts.resume({
    incidents: stream.openIncidents(),
    standing: standingOf(supervisor.records()),
    needs: (service) => needsIn(supervisor.records())(service),
  });
  const keepHold = keptHolds(history.figures, clock.now);
  const hold = holds({
    ...{ supervisor, clock, log, kept: desired.fact("hold") },
    keep: (held) => {
      desired.setFact("hold", held);
      keepHold(held);
    },
  });
  const describe = (record: ServiceRecord) =>
    describeFailure(record, {
      ...{ clock, stack },
      logs: async (workload, tail) => platform.logs(workload, tail, AbortSignal.timeout(5000)),
      lastGood: async (failed) =>
        changesSince(history.lastGood(failed.desired.service), await startedFrom(failed)),
    });

  const keepAlive = async () => {
    while (!closed.signal.aborted) {
      desired.setFact("lastAliveMs", wallMs());
      await clock.sleep(aliveEveryMs, closed.signal);
    }
  };
  void keepAlive();
  void runSchedules({ supervisor, clock, wallMs, log }, closed.signal);

  const told = deployments({ clock, onDeployment: (deployment) => observed.deployment(deployment) });

  return {
    supervisor,
    answers: requests({
      deployments: told,
      ...{
        supervisor,
        stream,
        history,
        hold,
        alerts,
        clock,
        startedMs,
        describe,
        stack,
        engine,
        labels,
        redaction,
        telemetry,
      },
      drift: async () =>
        supervisor.deploying() ? [] : driftNow({ engine, labels, stack, log }, supervisor.records()),
      problems: () => {
        const historyProblem = history.problem();
        const own =
          historyProblem === undefined ? [] : [`The history is not being written: ${historyProblem}`];
        return [...own, ...desired.problems(), ...alerts.problems(), ...metrics.problems()];
      },
    }),
    close: async () => {
      closed.abort();
      told.close();
      hold.close();
      supervisor.close();
      watch.close();
      ears.close();
      lines.close();
      const ended = observed.close();
      history.close();
      await ended;
    },
  };
}

import { durationMs } from "../../../core/duration.ts";
import type { UsableDatabase } from "../../../history/usable-database.ts";
import type { Alert, AlertsAnswer, Silence, SinkTest } from "../../../model/alert.ts";
import { mostAlerts } from "../../../model/alert.ts";
import { alertingDefaults } from "../../../model/alerting.ts";
import type { Incident, Transition } from "../../../model/transition.ts";
import type { Standing } from "../../../alerting/after-boot.ts";
import { afterBoot } from "../../../alerting/after-boot.ts";
import type { Alerts } from "../../../alerting/alerts.ts";
import {
  deploymentSeen,
  incidentSeen,
  mapped,
  noAlerts,
  stateSeen,
  verdictSeen,
} from "../../../alerting/alerts.ts";
import { due } from "../../../alerting/due.ts";
import type { AlertSettings } from "../../../alerting/settings.ts";
import type { Observer } from "../observer.ts";
import { alertStore } from "./alert-store.ts";
import { problemTexts } from "./problem-texts.ts";
import { silences as silencesIn } from "./silences.ts";
import type { AlertingSettings } from "./sink-request.ts";
import type { SendingDependencies, SentResult } from "./sinks.ts";
import { sinks as createSinks } from "./sinks.ts";

/** What alerts are raised and sent with. */
export interface AlertsDependencies extends SendingDependencies {
  /** The coordinator's database. It is not closed here. */
  readonly database: UsableDatabase;
}

/** What a coordinator goes on with when it begins. */
export interface Resumed {
  /** The incidents that were open when the coordinator before ended. */
  readonly incidents: readonly Incident[];
  /** All services as they are. */
  readonly standing: readonly Standing[];
  /** The services that one needs, now. */
  readonly needs: (service: string) => readonly string[];
}

/** What requests are answered with. */
export interface AlertControl {
  /** All that is open, and the last of what is over. */
  alerts(last: number): AlertsAnswer;
  /** Sends a test to a sink, or to all of them, now. @throws PhasegateError PHASEGATE_SINK_UNKNOWN */
  test(sink: string | undefined): Promise<readonly SinkTest[]>;
  /** Sends none of a service's alerts for so long from now. */
  silence(service: string, forMs: number, why: string): Silence;
  /** Ends a silence, and returns it; undefined where there was none. */
  endSilence(service: string): Silence | undefined;
  /** How long a cause may last before somebody is alerted; undefined where nobody is. */
  graceMs(): number | undefined;
  /** How many alerts are firing, for metrics. */
  firing(): readonly Alert[];
  /** What is the matter with alerting, a sentence each. */
  problems(): readonly string[];
}

/** What counts alerts: the metrics. */
export interface AlertMeasures {
  alertsOpen(count: number): void;
  alertsSent(sink: string, result: SentResult): void;
}

/** Alerts: what is seen becomes alerts, and these are sent. */
export interface AlertsObserver extends Observer, AlertControl {
  /** Takes what was declared, before anything happens, and again with each change. */
  configure(settings: AlertingSettings): void;
  /** Brings the alerts that were kept up to date, once the services have been taken up. */
  resume(resumed: Resumed): void;
  /** Counts alerts by these from now on. */
  measure(measures: AlertMeasures): void;
  /** Ends it at once: what is not delivered is in the store. */
  close(): void;
}

/** What is not sent is written this much later: an incident of many services changes with each of them. */
const soonMs = 200;

export function alertsObserver(dependencies: AlertsDependencies): AlertsObserver {
  const { database, clock, log, newId } = dependencies;
  const store = alertStore(database, log);
  const closed = new AbortController();
  const kept = store.load("alert").map(([, alert]) => alert);
  const inOrder = kept.toSorted((a, b) => a.number - b.number);
  let past = inOrder.filter(({ resolvedMs }) => resolvedMs !== undefined);
  let alerts: Alerts = {
    ...noAlerts,
    open: inOrder.filter(({ resolvedMs }) => resolvedMs === undefined),
    nextNumber: (inOrder.at(-1)?.number ?? 0) + 1,
  };
  const silenced = silencesIn(store);
  const sinks = createSinks({
    ...dependencies,
    store,
    open: () => alerts.open,
    onSent: (sink, result) => measures?.alertsSent(sink, result),
    onDelivered: ({ id }) => keepDelivery(id),
  });
  let measures: AlertMeasures | undefined;
  let declared: AlertingSettings | undefined;
  let needs: Resumed["needs"] = () => [];
  /** Nothing is due before it is known what has become of the services meanwhile. */
  let isResumed = false;
  let lastTransition: Transition | undefined;
  let timer = new AbortController();
  let flushDue = false;

  const settings = (): AlertSettings => {
    const { after, repeat } = declared?.alerting ?? alertingDefaults;
    return {
      ...{ afterMs: durationMs(after), repeatMs: durationMs(repeat), needs, newId },
      sinks: Object.fromEntries(
        Object.entries(declared?.alerting?.sinks ?? {}).map(([sink, { kind }]) => [
          sink,
          { repeats: kind !== "alertmanager" },
        ]),
      ),
      silences: silenced.current(clock.now()),
    };
  };

  const keepChanges = (before: Alerts, resolved: readonly Alert[]) => {
    const known = new Map(before.open.map((alert) => [alert.id, alert]));
    for (const alert of alerts.open) {
      if (known.get(alert.id) !== alert) store.set("alert", String(alert.number), alert);
      known.delete(alert.id);
    }
    for (const alert of resolved) {
      store.set("alert", String(alert.number), alert);
      known.delete(alert.id);
    }
    for (const { number } of known.values()) store.set("alert", String(number), undefined);
    past = [...past, ...resolved];
    for (const { number } of past.slice(0, -mostAlerts)) store.set("alert", String(number), undefined);
    past = past.slice(-mostAlerts);
  };

  /** The worker that calls this flushes the store. */
  const keepDelivery = (id: string) => {
    const mark = (alert: Alert): Alert => {
      if (alert.id !== id || alert.deliveredMs !== undefined) return alert;
      const after = { ...alert, deliveredMs: clock.now() };
      store.set("alert", String(after.number), after);
      return after;
    };
    alerts = mapped(alerts, mark);
    past = past.map(mark);
  };

  const flushSoon = () => {
    if (flushDue) return;
    flushDue = true;
    void clock.sleep(soonMs, closed.signal).then(() => {
      flushDue = false;
      if (!closed.signal.aborted) store.flush();
    });
  };

  /** Takes in what has happened, and does what is due by it. */
  const update = (change: (before: Alerts, settings: AlertSettings, nowMs: number) => Alerts): void => {
    const before = alerts;
    const now = settings();
    const changed = change(before, now, clock.now());
    const none = { alerts: changed, notifications: [], resolved: [], nextMs: undefined };
    const done = isResumed ? due(changed, now, clock.now()) : none;
    alerts = done.alerts;
    keepChanges(before, done.resolved);
    measures?.alertsOpen(firing().length);
    for (const notification of done.notifications) {
      const { sink, status, alert } = notification;
      log("alert-queued", { alert: alert.number, sink, status });
      sinks.queue(notification);
    }
    // Before anything is sent: what was sent, and is not known after a crash, would be sent under another name.
    if (done.notifications.length > 0) {
      store.flush();
      for (const { sink } of done.notifications) sinks.wake(sink);
    } else if (alerts !== before) flushSoon();
    timer.abort();
    if (done.nextMs === undefined || closed.signal.aborted) return;
    const { signal } = (timer = new AbortController());
    void clock.sleep(done.nextMs - clock.now(), signal).then(() => signal.aborted || update((same) => same));
  };
  const unchanged = (same: Alerts) => same;
  const firing = () => alerts.open.filter(({ firedMs }) => firedMs !== undefined);

  return {
    transition: (transition) => {
      lastTransition = transition;
      if (alerts.open.some(({ reasons }) => reasons.some(({ kind }) => kind === "states")))
        update((before, _, nowMs) => stateSeen(before, transition.service, transition.to, nowMs));
    },
    incident: (incident) => {
      const own = lastTransition?.incident === incident.id ? lastTransition : undefined;
      update((before, now, nowMs) => incidentSeen(before, incident, own, now, nowMs));
    },
    verdict: (record) => update((before, now, nowMs) => verdictSeen(before, record, now, nowMs)),
    deployment: (ended) => update((before, now, nowMs) => deploymentSeen(before, ended, now, nowMs)),
    forgotten: (service) => update((before, _, nowMs) => stateSeen(before, service, "stopped", nowMs)),
    configure: (next) => {
      declared = next;
      sinks.configure(next);
      update(unchanged);
    },
    resume: (resumed) => {
      ({ needs } = resumed);
      isResumed = true;
      update((before, now, nowMs) => afterBoot(before, resumed.incidents, resumed.standing, now, nowMs));
    },
    alerts: (last) => ({
      nowMs: clock.now(),
      open: alerts.open,
      past: past.slice(-last).toReversed(),
      silences: silenced.current(clock.now()),
      sinks: sinks.status(),
      problems: problemTexts(sinks.status(), store.problem()),
    }),
    test: sinks.test,
    silence: (service, forMs, why) => {
      const silence = silenced.begin({ service, sinceMs: clock.now(), untilMs: clock.now() + forMs, why });
      log("silenced", { service, untilMs: silence.untilMs, why });
      store.flush();
      update(unchanged);
      return silence;
    },
    endSilence: (service) => {
      const ended = silenced.end(service, clock.now());
      if (ended !== undefined) log("silence-ended", { service });
      store.flush();
      update(unchanged);
      return ended;
    },
    firing,
    measure: (given) => {
      measures = given;
      measures.alertsOpen(firing().length);
    },
    graceMs: () => {
      const alerting = declared?.alerting;
      const isAlerted = alerting !== undefined && Object.keys(alerting.sinks).length > 0;
      return isAlerted ? durationMs(alerting.after) : undefined;
    },
    problems: () => problemTexts(sinks.status(), store.problem()),
    close: () => {
      closed.abort();
      timer.abort();
      sinks.close();
      store.flush();
    },
  };
}

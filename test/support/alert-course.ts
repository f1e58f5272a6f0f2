import type { Notification } from "../../lib/model/alert.ts";
import type { Incident, Transition } from "../../lib/model/transition.ts";
import type { Alerts } from "../../lib/alerting/alerts.ts";
import { incidentSeen, noAlerts } from "../../lib/alerting/alerts.ts";
import { due } from "../../lib/alerting/due.ts";
import type { AlertSettings } from "../../lib/alerting/settings.ts";
import { connectedParts, needsOf } from "../../lib/supervision/needs-graph.ts";
import { noIncidents, note } from "../../lib/supervision/incident.ts";
import type { SimulatedStack } from "./simulated-stack.ts";

/** A transition with the incident that it has changed. */
export interface Seen {
  readonly transition: Transition;
  readonly incident: Incident | undefined;
}

/** What observers see of a simulated stack's changes since an instant. */
export function seenOf(stack: SimulatedStack, sinceMs: number): Seen[] {
  const numbers = connectedParts(stack.records);
  const partOf = (name: string) => numbers.get(name);
  const needed = (name: string) => needsOf(stack.records, name);
  let incidents = noIncidents;
  return stack.changes
    .map(({ atMs, service, from, to, cause }, i) => ({
      seq: i + 1,
      atMs,
      service,
      from,
      to,
      cause,
      generation: 1,
    }))
    .filter(({ atMs }) => atMs >= sinceMs)
    .map((bare) => {
      const again = bare.from === "restarting" && bare.to === "restarting";
      const noted = note(incidents, bare, {
        ...{ partOf, needsOf: needed, supervised: true, anotherRestart: again },
      });
      incidents = noted.incidents;
      return { transition: { ...bare, incident: noted.incident?.id }, incident: noted.incident };
    });
}

export function alertSettings(patch: Partial<AlertSettings> = {}): AlertSettings {
  let ids = 0;
  return {
    ...{ afterMs: 30_000, repeatMs: 4 * 3_600_000, silences: [] },
    sinks: { pager: { repeats: true } },
    needs: () => [],
    newId: () => `id${++ids}`,
    ...patch,
  };
}

/** A notification, and when it was due. */
export type Sent = Notification & { readonly atMs: number };

/** The alerts of a time that passes, on a clock that only goes from one event to the next. */
export function alertCourse(settings: AlertSettings, startMs = 0) {
  let alerts: Alerts = noAlerts;
  let nowMs = startMs;
  let nextMs: number | undefined;
  const sent: Sent[] = [];
  const decide = (changed: Alerts) => {
    const done = due(changed, settings, nowMs);
    ({ alerts, nextMs } = done);
    sent.push(...done.notifications.map((one) => ({ ...one, atMs: nowMs })));
  };
  const until = (atMs: number) => {
    while (nextMs !== undefined && nextMs <= atMs) {
      nowMs = nextMs;
      decide(alerts);
    }
    nowMs = Math.max(nowMs, atMs);
  };
  return {
    sent,
    alerts: () => alerts,
    /** Lets time pass until an instant. */
    until,
    /** Something happens at an instant. */
    at: (atMs: number, change: (alerts: Alerts, nowMs: number) => Alerts) => {
      until(atMs);
      decide(change(alerts, nowMs));
    },
    /** What was seen happens. */
    see: (all: readonly Seen[]) => {
      for (const { transition, incident } of all) {
        until(transition.atMs);
        if (incident) decide(incidentSeen(alerts, incident, transition, settings, nowMs));
      }
    },
  };
}

/**
 * How many alerts a day of faults comes to, and how many an alerter of each service would have sent. The rules, the day and its clock
 * are those of the tests. `npm run bench -- alerts` runs it.
 */
import { parseArgs } from "node:util";
import type { Alerts } from "../lib/alerting/alerts.ts";
import { incidentSeen, noAlerts, stateSeen } from "../lib/alerting/alerts.ts";
import { due } from "../lib/alerting/due.ts";
import { naiveAlerts } from "../lib/alerting/naive-alerts.ts";
import type { AlertSettings } from "../lib/alerting/settings.ts";
import { transitionStream } from "../lib/coordinator/observers/transition-stream.ts";
import { alignColumns } from "../lib/core/columns.ts";
import { describeMs, durationMs } from "../lib/core/duration.ts";
import { alertingDefaults } from "../lib/model/alerting.ts";
import type { Transition } from "../lib/model/transition.ts";
import { noIncidents } from "../lib/supervision/incident.ts";
import { seededRandom } from "../test/support/seeded-random.ts";
import { someFaults, someStack, startAll } from "../test/support/simulated-day.ts";
import { simulatedStack } from "../test/support/simulated-stack.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "20" },
    services: { type: "string", default: "30" },
    events: { type: "string", default: "80" },
    json: { type: "boolean", default: false },
  },
});
const days = positive("days", values.days);
const services = positive("services", values.services);
const events = positive("events", values.events);

const dayMs = 24 * 3_600_000;
const afterMs = durationMs(alertingDefaults.after);

/** What a day came to. */
interface Day {
  readonly faults: number;
  readonly incidents: number;
  readonly alerts: number;
  /** First messages, what has become worse, repeats, and the ends. */
  readonly messages: number;
  readonly naive: number;
  readonly delaysMs: readonly number[];
}

function simulatedDay(seed: number): Day {
  const random = seededRandom(seed);
  const desired = someStack(services, random);
  const needs = new Map(desired.map((one) => [one.service, Object.keys(one.needs)]));
  let ids = 0;
  const settings: AlertSettings = {
    ...{ afterMs, repeatMs: durationMs(alertingDefaults.repeat) },
    ...{ sinks: { pager: { repeats: true } }, silences: [] },
    needs: (service) => needs.get(service) ?? [],
    newId: () => String(++ids),
  };
  const transitions: Transition[] = [];
  const incidents = new Set<number>();
  let alerts: Alerts = noAlerts;
  let messages = 0;
  let wakesMs = Infinity;
  const firedMs = new Map<number, number>();

  const decide = (): void => {
    const { notifications, nextMs, ...next } = due(alerts, settings, stack.now());
    ({ alerts } = next);
    messages += notifications.length;
    for (const { alert } of notifications)
      if (!firedMs.has(alert.number)) firedMs.set(alert.number, stack.now() - alert.beganMs);
    if (nextMs === undefined || (nextMs >= wakesMs && wakesMs > stack.now())) return;
    wakesMs = nextMs;
    stack.at(nextMs, decide);
  };
  const stream = transitionStream({
    ...{ lastSeq: 0, incidents: noIncidents, wallMs: () => stack.now() },
    onTransition: (transition) => {
      transitions.push(transition);
      alerts = stateSeen(alerts, transition.service, transition.to, stack.now());
    },
    onIncident: (incident) => {
      incidents.add(incident.id);
      alerts = incidentSeen(alerts, incident, transitions.at(-1), settings, stack.now());
      decide();
    },
  });
  const stack = simulatedStack(desired, random, stream.note);
  startAll(stack);
  const fromMs = stack.now();
  const faults = someFaults(stack, random, events, dayMs);
  stack.run(dayMs);
  const own = transitions.filter(({ atMs }) => atMs >= fromMs);
  return {
    ...{ faults: faults.length, incidents: incidents.size, alerts: firedMs.size, messages },
    naive: naiveAlerts(own, afterMs, stack.now()),
    delaysMs: [...firedMs.values()],
  };
}

const all = Array.from({ length: days }, (_, i) => simulatedDay(i + 1));
const sum = (of: (day: Day) => number) => all.reduce((total, day) => total + of(day), 0);
const total = {
  ...{ days, services, faults: sum(({ faults }) => faults), incidents: sum(({ incidents }) => incidents) },
  ...{
    alerts: sum((day) => day.alerts),
    messages: sum((day) => day.messages),
    naive: sum(({ naive }) => naive),
  },
};
const delaysMs = all.flatMap((day) => day.delaysMs);
const meanMs = delaysMs.reduce((a, b) => a + b, 0) / delaysMs.length;
const longestMs = Math.max(...delaysMs);
if (values.json) console.log(JSON.stringify({ ...total, meanMs, longestMs }, null, 2));
else
  console.log(
    [
      `${days} simulated days of ${services} services, ${total.faults} faults; an alert after ${alertingDefaults.after}`,
      "",
      alignColumns([
        ["", "in all", "a fault"],
        ["alerts", String(total.alerts), aFault(total.alerts)],
        ["messages, with ends and repeats", String(total.messages), aFault(total.messages)],
        ["of one alerter a service", String(total.naive), aFault(total.naive)],
      ]),
      "",
      `fewer alerts: ${((1 - total.alerts / total.naive) * 100).toFixed(1)} %`,
      `from the fault, as it was noticed, to the alert: ${describeMs(meanMs)} in the mean, at most ${describeMs(longestMs)}`,
    ].join("\n"),
  );

function aFault(count: number): string {
  return (count / total.faults).toFixed(2);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${name} ${text}: a whole number from 1 on`);
}

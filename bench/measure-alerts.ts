/**
 * How many alerts a day of faults comes to, and how many an alerter of each service would have sent. The rules, the day and its clock
 * are those of the tests. `npm run bench -- alerts` runs it.
 */
import { Option } from "commander";
import type { Alerts } from "../lib/alerting/alerts.ts";
import { incidentSeen, noAlerts, stateSeen } from "../lib/alerting/alerts.ts";
import { due } from "../lib/alerting/due.ts";
import { naiveAlerts } from "../lib/alerting/naive-alerts.ts";
import type { AlertSettings } from "../lib/alerting/settings.ts";
import { transitionStream } from "../lib/coordinator/observers/transition-stream.ts";
import { describeMs, durationMs } from "../lib/core/duration.ts";
import { alertingDefaults } from "../lib/model/alerting.ts";
import type { Transition } from "../lib/model/transition.ts";
import { noIncidents } from "../lib/supervision/incident.ts";
import { seededRandom } from "../test/support/seeded-random.ts";
import { someFaults, someStack, startAll } from "../test/support/simulated-day.ts";
import { simulatedStack } from "../test/support/simulated-stack.ts";
import { benchmark, jsonOption, runBenchmark, wholeNumber } from "./benchmark.ts";
import { markdownTable } from "./comparison.ts";

const dayMs = 24 * 3_600_000;
const afterMs = durationMs(alertingDefaults.after);

interface Options {
  readonly days: number;
  readonly services: number;
  readonly events: number;
}

const command = benchmark(
  "alerts",
  "Simulates days with faults, and counts the alerts, and those that one alerter a service would have sent. It needs no engine.",
)
  .addOption(
    new Option("--days <n>", "how many days, each of another seed").argParser(wholeNumber).default(20),
  )
  .addOption(
    new Option("--services <n>", "how many services the stack has").argParser(wholeNumber).default(30),
  )
  .addOption(
    new Option("--events <n>", "how much happens in a day: failures, and what people do")
      .argParser(wholeNumber)
      .default(80),
  )
  .addOption(jsonOption());

await runBenchmark(command, () => {
  const options = command.opts<Options>();
  const all = Array.from({ length: options.days }, (_, i) => simulatedDay(i + 1, options));
  const measured = totalOf(all, options);
  return { measured, report: alertsReport(measured) };
});

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

function simulatedDay(seed: number, { services, events }: Options): Day {
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

function totalOf(all: readonly Day[], { days, services }: Options) {
  const sum = (of: (day: Day) => number) => all.reduce((total, day) => total + of(day), 0);
  const delaysMs = all.flatMap((day) => day.delaysMs);
  return {
    days,
    services,
    faults: sum(({ faults }) => faults),
    incidents: sum(({ incidents }) => incidents),
    alerts: sum((day) => day.alerts),
    messages: sum((day) => day.messages),
    naive: sum(({ naive }) => naive),
    meanMs: delaysMs.reduce((a, b) => a + b, 0) / delaysMs.length,
    longestMs: Math.max(...delaysMs),
  };
}

function alertsReport(total: ReturnType<typeof totalOf>): string {
  const { days, services, faults, alerts, messages, naive, meanMs, longestMs } = total;
  const row = (title: string, count: number) => [title, String(count), (count / faults).toFixed(2)];
  return [
    `${days} simulated days of ${services} services, ${faults} faults; an alert after ${alertingDefaults.after}.`,
    "",
    markdownTable([
      ["", "in all", "a fault"],
      row("alerts", alerts),
      row("messages, with ends and repeats", messages),
      row("of one alerter a service", naive),
    ]),
    "",
    `Fewer alerts: ${((1 - alerts / naive) * 100).toFixed(1)} %. From the fault, as it was noticed, to the alert: ${describeMs(meanMs)} in the mean, at most ${describeMs(longestMs)}.`,
  ].join("\n");
}

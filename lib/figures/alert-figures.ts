import { describeLongMs } from "../core/duration.ts";
import type { Figure, FigureFacts, SentAlert, SentAlerts } from "../model/figures.ts";
import type { Transition } from "../model/transition.ts";
import { counted } from "../core/counted.ts";
import { figureTargets } from "./targets.ts";
import { meanOf, meanVerdict } from "./verdicts.ts";

/**
 * How many messages one alerter a service would have sent of these transitions, oldest first. What is not ready at `untilMs` has not
 * been so for longer.
 */
export type NaiveAlerts = (transitions: readonly Transition[], untilMs: number) => number;

const notDeclared = ["no alerting is declared"];

/**
 * By how much the stack's alerts are fewer than what one alerter a service would have sent. Each incident is one event, whatever it
 * took along: a single one with twenty dependents shows nothing of the next.
 */
export function alertNoise(
  facts: Pick<FigureFacts, "transitions" | "incidents" | "sinceMs" | "untilMs" | "completeFromMs">,
  alerts: { readonly sent: SentAlerts; readonly naiveAlerts: NaiveAlerts } | undefined,
): Figure {
  const { transitions, untilMs, completeFromMs } = facts;
  const sinceMs = Math.max(facts.sinceMs, completeFromMs.transitions, alerts?.sent.completeFromMs ?? 0);
  const bare = { name: "alertNoise", target: figureTargets.alertNoise, sinceMs } as const;
  if (alerts === undefined)
    return { ...bare, measured: null, events: 0, of: "incident", verdict: "notMeasured", notes: notDeclared };
  const within = transitions.filter(({ atMs }) => atMs >= sinceMs);
  const naive = Map.groupBy(within, ({ incident }) => incident);
  const sent = Map.groupBy(
    alerts.sent.alerts.filter(({ faultMs, sentMs }) => sentMs !== undefined && faultMs >= sinceMs),
    (alert) => incidentOf(alert, facts.incidents),
  );
  const kept = 1 - figureTargets.alertNoise.value;
  const events = [...new Set([...naive.keys(), ...sent.keys()])]
    .map((incident) => ({
      count: alerts.naiveAlerts(naive.get(incident) ?? [], untilMs),
      own: sent.get(incident)?.length ?? 0,
    }))
    .filter(({ count, own }) => count > 0 || own > 0);
  const inAll = alerts.naiveAlerts(within, untilMs);
  const own = events.reduce((sum, event) => sum + event.own, 0);
  // Above zero: more than the target lets through.
  const said = meanVerdict(
    events.map((event) => event.own - kept * event.count),
    1e-9,
  );
  return {
    ...bare,
    measured: inAll === 0 ? null : 1 - own / inAll,
    events: events.length,
    of: "incident",
    verdict: said.verdict,
    notes: [
      `${counted(own, "alert")} in the place of ${inAll}`,
      ...(said.takes === undefined ? [] : [`it takes ${counted(said.takes, "incident")}`]),
    ],
  };
}

/** The first incident that an alert was about: it began with it. */
function incidentOf(
  { faultMs, service }: SentAlert,
  incidents: FigureFacts["incidents"],
): number | undefined {
  const then = incidents.filter(({ openedMs }) => openedMs === faultMs);
  return (then.find(({ services }) => service !== undefined && service in services) ?? then[0])?.id;
}

/** How long after a fault was noticed the first sink took its alert. One that no sink has taken counts with the time that it waits. */
export function timeToAlert(
  sent: SentAlerts | undefined,
  { sinceMs: wantedMs, untilMs }: Pick<FigureFacts, "sinceMs" | "untilMs">,
): Figure {
  const { value } = figureTargets.timeToAlert;
  const sinceMs = Math.max(wantedMs, sent?.completeFromMs ?? 0);
  const bare = { name: "timeToAlert", target: figureTargets.timeToAlert, sinceMs } as const;
  if (sent === undefined)
    return { ...bare, measured: null, events: 0, of: "alert", verdict: "notMeasured", notes: notDeclared };
  const own = sent.alerts.filter(({ faultMs }) => faultMs >= sinceMs);
  const sentOnes = own.filter(({ sentMs }) => sentMs !== undefined);
  const times = sentOnes.map(({ deliveredMs = untilMs, faultMs }) => Math.max(0, deliveredMs - faultMs));
  const unsent = own.length - sentOnes.length;
  const waiting = sentOnes.filter(({ deliveredMs }) => deliveredMs === undefined).length;
  const said = meanVerdict(times, value);
  return {
    ...bare,
    measured: times.length === 0 ? null : meanOf(times),
    events: times.length,
    of: "alert",
    verdict: said.verdict,
    notes: [
      ...(times.length === 0 ? [] : [`the longest ${describeLongMs(Math.max(...times))}`]),
      ...(waiting === 0 ? [] : [`${waiting} taken by no sink yet`]),
      ...(unsent === 0 ? [] : [`${unsent} not sent`]),
      ...(said.takes === undefined ? [] : [`it takes ${said.takes} below ${describeLongMs(value)}`]),
    ],
  };
}

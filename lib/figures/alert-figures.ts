import { describeMs } from "../core/duration.ts";
import type { Figure, FigureFacts, SentAlert } from "../model/figures.ts";
import type { Transition } from "../model/transition.ts";
import { counted } from "./counted.ts";
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
  { transitions, sinceMs: wantedMs, untilMs }: Pick<FigureFacts, "transitions" | "sinceMs" | "untilMs">,
  alerts: readonly SentAlert[] | undefined,
  naiveAlerts: NaiveAlerts,
  sinceMs: number,
): Figure {
  const bare = { name: "alertNoise", target: figureTargets.alertNoise, sinceMs } as const;
  if (alerts === undefined)
    return { ...bare, measured: null, events: 0, of: "incident", verdict: "notMeasured", notes: notDeclared };
  const within = transitions.filter(({ atMs }) => atMs >= Math.max(wantedMs, sinceMs));
  const groups = Map.groupBy(within, ({ incident }) => incident);
  const naive = new Map([...groups].map(([incident, own]) => [incident, naiveAlerts(own, untilMs)] as const));
  const sent = alerts.filter((alert) => alert.sentMs !== undefined && alert.faultMs >= sinceMs);
  for (const { incident } of sent) if (!naive.has(incident)) naive.set(incident, 0);
  const kept = 1 - figureTargets.alertNoise.value;
  const events = [...naive]
    .map(([incident, count]) => ({ count, own: sent.filter((one) => one.incident === incident).length }))
    .filter(({ count, own }) => count > 0 || own > 0);
  const inAll = naiveAlerts(within, untilMs);
  // Above zero: more than the target lets through.
  const said = meanVerdict(
    events.map(({ count, own }) => own - kept * count),
    1e-9,
  );
  return {
    ...bare,
    measured: inAll === 0 ? null : 1 - sent.length / inAll,
    events: events.length,
    of: "incident",
    verdict: said.verdict,
    notes: [
      `${counted(sent.length, "alert")} in the place of ${inAll}`,
      ...(said.takes === undefined ? [] : [`it takes ${counted(said.takes, "incident")}`]),
    ],
  };
}

/** How long after a fault was noticed somebody had the alert. */
export function timeToAlert(alerts: readonly SentAlert[] | undefined, sinceMs: number): Figure {
  const { value } = figureTargets.timeToAlert;
  const bare = { name: "timeToAlert", target: figureTargets.timeToAlert, sinceMs } as const;
  if (alerts === undefined)
    return { ...bare, measured: null, events: 0, of: "alert", verdict: "notMeasured", notes: notDeclared };
  const own = alerts.filter(({ faultMs }) => faultMs >= sinceMs);
  const times = own.flatMap(({ sentMs, faultMs }) =>
    sentMs === undefined ? [] : [Math.max(0, sentMs - faultMs)],
  );
  const unsent = own.length - times.length;
  const said = meanVerdict(times, value);
  return {
    ...bare,
    measured: times.length === 0 ? null : meanOf(times),
    events: times.length,
    of: "alert",
    verdict: said.verdict,
    notes: [
      ...(times.length === 0 ? [] : [`the longest ${describeMs(Math.max(...times))}`]),
      ...(unsent === 0 ? [] : [`${unsent} not delivered yet`]),
      ...(said.takes === undefined ? [] : [`it takes ${said.takes} below ${describeMs(value)}`]),
    ],
  };
}

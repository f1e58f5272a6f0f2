import { naiveAlerts } from "../../alerting/naive-alerts.ts";
import type { NaiveAlerts } from "../../figures/alert-figures.ts";
import type { Alert } from "../../model/alert.ts";
import { mostAlerts } from "../../model/alert.ts";
import type { SentAlert, SentAlerts } from "../../model/figures.ts";
import type { AlertControl } from "../observers/alerts/alerts-observer.ts";

/** What figures know of alerts. */
export interface AlertFigures {
  readonly sent: SentAlerts;
  readonly naiveAlerts: NaiveAlerts;
}

/** The alerts that there were, for figures; undefined where nobody is alerted. */
export function alertFigures(alerts: Pick<AlertControl, "alerts" | "graceMs">): AlertFigures | undefined {
  const graceMs = alerts.graceMs();
  if (graceMs === undefined) return undefined;
  const { open, past } = alerts.alerts(mostAlerts);
  // Of alerts of gates and deployments no alerter of a service knows.
  const own = [...open, ...past].filter(({ kind, firedMs }) => kind === "incident" && firedMs !== undefined);
  const oldest = past.length < mostAlerts ? undefined : past.at(-1);
  return {
    sent: { alerts: own.map(sentAlert), completeFromMs: oldest?.beganMs ?? 0 },
    naiveAlerts: (transitions, untilMs) => naiveAlerts(transitions, graceMs, untilMs),
  };
}

function sentAlert({ service, beganMs, sent, resolvedMs, firedMs, deliveredMs }: Alert): SentAlert {
  const times = Object.values(sent).map(({ atMs }) => atMs);
  // A repeat takes the place of the first message: then it had fired when it was first sent.
  const wasSent = times.length > 0;
  return {
    service,
    faultMs: beganMs,
    sentMs: wasSent ? Math.min(firedMs ?? resolvedMs ?? Infinity, ...times) : undefined,
    deliveredMs,
  };
}

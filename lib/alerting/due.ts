import type { Alert, Notification, Sent } from "../model/alert.ts";
import type { Alerts } from "./alerts.ts";
import type { AlertSettings } from "./settings.ts";
import { flaps, isSilenced, quietAfterFlapMs, quietMs } from "./settings.ts";

/** What is to be done now. */
export interface Due {
  readonly alerts: Alerts;
  readonly notifications: readonly Notification[];
  /** Those that are resolved now. */
  readonly resolved: readonly Alert[];
  /** When there is something to do next, if nothing happens before; undefined: never. */
  readonly nextMs: number | undefined;
}

/** Decides which alerts are sent, which are resolved, and which have come to nothing within their grace. */
export function due(alerts: Alerts, settings: AlertSettings, nowMs: number): Due {
  const open: Alert[] = [];
  const notifications: Notification[] = [];
  const resolved: Alert[] = [];
  const times: number[] = [];
  for (const alert of alerts.open) {
    if (alert.quietSinceMs !== undefined && alert.quietSinceMs + quietFrom(alert) <= nowMs) {
      // What healed within its grace has never been an alert.
      if (alert.firedMs === undefined) continue;
      const over = { ...alert, resolvedMs: nowMs };
      resolved.push(over);
      // Also for a sink that is not declared now: its secrets may be missing until the next up.
      for (const [sink, { severity }] of Object.entries(alert.sent))
        notifications.push({ id: settings.newId(), sink, status: "resolved", alert: { ...over, severity } });
      continue;
    }
    const isDue =
      alert.firedMs === undefined && alert.quietSinceMs === undefined && firesMs(alert, settings) <= nowMs;
    const fired = isDue ? { ...alert, firedMs: nowMs } : alert;
    const { alert: after, sends } = sent(fired, settings, nowMs);
    open.push(after);
    notifications.push(...sends);
    times.push(...nextTimes(after, settings, nowMs));
  }
  const later = times.filter((atMs) => atMs > nowMs);
  return {
    alerts: { ...alerts, open },
    ...{ notifications, resolved },
    nextMs: later.length === 0 ? undefined : Math.min(...later),
  };
}

/** How long the cause of an alert must be gone. */
function quietFrom({ times }: Alert): number {
  return times > 1 ? quietAfterFlapMs : quietMs;
}

/** When an alert whose cause stays is sent. What is given up does not heal, and what flaps has had its grace. */
function firesMs({ cameMs, times, severity }: Alert, { afterMs }: AlertSettings): number {
  return times >= flaps || severity === "critical" ? cameMs : cameMs + afterMs;
}

/** The alert as it has been sent to each sink that is to have it, and what that is. */
function sent(
  alert: Alert,
  settings: AlertSettings,
  nowMs: number,
): { readonly alert: Alert; readonly sends: readonly Notification[] } {
  // Nobody is called for what is over.
  if (alert.firedMs === undefined || alert.quietSinceMs !== undefined || isMute(alert, settings, nowMs))
    return { alert, sends: [] };
  const to = Object.entries(settings.sinks).filter(([sink, { repeats }]) => {
    const before = alert.sent[sink];
    if (before === undefined || before.severity !== alert.severity) return true;
    return repeats && before.atMs + settings.repeatMs <= nowMs;
  });
  if (to.length === 0) return { alert, sends: [] };
  const own: Sent = { severity: alert.severity, atMs: nowMs };
  const sentNow = Object.fromEntries(to.map(([sink]) => [sink, own]));
  const after: Alert = { ...alert, sent: { ...alert.sent, ...sentNow } };
  const sends = to.map(([sink]): Notification => {
    const was = alert.sent[sink]?.severity;
    const differs = was !== undefined && was !== alert.severity;
    return { id: settings.newId(), sink, status: "firing", alert: after, ...(differs && { was }) };
  });
  return { alert: after, sends };
}

/** Whether an alert is shown and not sent. */
export function isMute(
  { service }: Alert,
  settings: Pick<AlertSettings, "silences">,
  nowMs: number,
): boolean {
  return service !== undefined && isSilenced(settings, service, nowMs);
}

function nextTimes(alert: Alert, settings: AlertSettings, nowMs: number): number[] {
  if (alert.quietSinceMs !== undefined) return [alert.quietSinceMs + quietFrom(alert)];
  if (alert.firedMs === undefined) return [firesMs(alert, settings)];
  const repeats = Object.entries(alert.sent)
    .filter(([sink]) => settings.sinks[sink]?.repeats)
    .map(([, { atMs }]) => atMs + settings.repeatMs);
  const silences = settings.silences
    .filter(({ service, untilMs }) => service === alert.service && untilMs > nowMs)
    .map(({ untilMs }) => untilMs);
  return [...repeats, ...silences];
}

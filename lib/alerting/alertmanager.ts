/**
 * Alerts as the API v2 of Prometheus' Alertmanager takes them, by POST to /api/v2/alerts:
 * https://github.com/prometheus/alertmanager/blob/v0.25.0/api/v2/openapi.yaml (postableAlerts).
 */
import type { Alert, AlertKind, Notification, Severity } from "../model/alert.ts";
import type { AlertedStack } from "./alert-text.ts";
import { commandOf, doneText, headlineOf, takenAlongText, timesText } from "./alert-text.ts";

/** One alert of a request. */
export interface PostableAlert {
  /** What Alertmanager knows it by: the same each time that it is sent. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** How often an alert that is open is sent again. Alertmanager takes one for resolved that it has not heard of until `endsAt`. */
export const keepAliveMs = 60_000;

/** How long an alert lives without being sent again. Four times may fail, and the coordinator's container may be replaced. */
export const aliveForMs = 5 * keepAliveMs;

/** The label `alertname` of each kind. */
export const alertNames: Readonly<Record<AlertKind, string>> = {
  incident: "PhasegateServiceFailed",
  gate: "PhasegateGateClosed",
  deployment: "PhasegateDeploymentFailed",
};

/** What a notification is for Alertmanager. A severity is a label, so that another severity is another alert, and the one before is over. */
export function alertmanagerAlerts(
  { alert, status, was }: Notification,
  stack: AlertedStack,
  nowMs: number,
): readonly PostableAlert[] {
  const now =
    status === "firing"
      ? openAlert(alert, alert.severity, stack, nowMs)
      : { ...openAlert(alert, alert.severity, stack, nowMs), endsAt: isoText(endOf(alert, nowMs)) };
  if (was === undefined) return [now];
  return [{ ...openAlert(alert, was, stack, nowMs), endsAt: isoText(nowMs) }, now];
}

/** An alert that is open, at this severity. */
export function openAlert(
  alert: Alert,
  severity: Severity,
  stack: AlertedStack,
  nowMs: number,
): PostableAlert {
  const { kind, service, phase, beganMs, number } = alert;
  const given = {
    summary: `${stack.declaration} (${stack.stack}): ${headlineOf(alert)}`,
    cause: alert.cause.text,
    took_along: takenAlongText(alert),
    done: doneText(alert),
    times: timesText(alert),
    command: commandOf(alert, stack),
    alert: String(number),
  };
  return {
    labels: {
      ...{ alertname: alertNames[kind], severity, source: "phasegate" },
      ...{ declaration: stack.declaration, stack: stack.stack, environment: stack.environment },
      ...(service !== undefined && { service }),
      ...(phase !== undefined && { phase }),
    },
    annotations: Object.fromEntries(Object.entries(given).filter(([, text]) => text !== "")),
    startsAt: isoText(Math.min(beganMs, nowMs)),
    endsAt: isoText(nowMs + aliveForMs),
  };
}

/** An alert that says that a sink is reached. It is over by itself after a minute. */
export function alertmanagerTest(stack: AlertedStack, nowMs: number): readonly PostableAlert[] {
  return [
    {
      labels: {
        ...{ alertname: "PhasegateTest", severity: "info", source: "phasegate" },
        ...{ declaration: stack.declaration, stack: stack.stack, environment: stack.environment },
      },
      annotations: { summary: testText(stack) },
      startsAt: isoText(nowMs),
      endsAt: isoText(nowMs + 60_000),
    },
  ];
}

/** What a test says. */
export function testText({ declaration, stack }: AlertedStack): string {
  return `${declaration} (${stack}): a test of "phasegate alerts test". Nothing is wrong.`;
}

/** The end of an alert that is over: not before its beginning, which Alertmanager refuses, and not in its future. */
function endOf({ quietSinceMs, beganMs }: Alert, nowMs: number): number {
  return Math.max(Math.min(quietSinceMs ?? nowMs, nowMs), Math.min(beganMs, nowMs));
}

function isoText(ms: number): string {
  return new Date(ms).toISOString();
}

/** The alerts of a stack, folded from what happens. Pure; when they are sent is decided by `due`. */
import { isDeepStrictEqual } from "node:util";
import type { Alert, AlertReason } from "../model/alert.ts";
import type { GateRecord } from "../model/history.ts";
import type { ServiceState, StateCauseText } from "../model/status.ts";
import type { Incident, Transition } from "../model/transition.ts";
import type { Failure } from "./root.ts";
import { rootOf } from "./root.ts";
import type { AlertSettings } from "./settings.ts";
import { verdictText } from "./verdict-text.ts";

/** All alerts that are not over. */
export interface Alerts {
  /** Those whose cause is there, or has not been gone for long; oldest first. */
  readonly open: readonly Alert[];
  readonly nextNumber: number;
  /** The services that have failed by themselves in each incident that is open, in that order. */
  readonly failures: ReadonlyMap<number, readonly Failure[]>;
}

export const noAlerts: Alerts = { open: [], nextNumber: 1, failures: new Map() };

/** How many steps of an incident an alert keeps. */
const keptSteps = 30;

/** Whether a service in this state is no reason for an alert. */
export function isSettled(state: ServiceState): boolean {
  return state === "ready" || state === "stopped";
}

/** Causes that are not a failure of the service itself. */
const notOwn = new Set(["dependency", "operator", "deployment", "schedule", "recovered"]);

/** Whether a state with this cause is a failure of the service itself. */
export function isOwnFailure(to: ServiceState, { kind }: StateCauseText): boolean {
  return !isSettled(to) && to !== "pending" && to !== "starting" && !notOwn.has(kind);
}

/** Takes in an incident as it is now, with the transition that has changed it. */
export function incidentSeen(
  before: Alerts,
  incident: Incident,
  transition: Transition | undefined,
  settings: AlertSettings,
  nowMs: number,
): Alerts {
  const { id, openedMs, closedMs, cause } = incident;
  const known = failuresAfter(before.failures.get(id) ?? [], incident, transition);
  const failures = new Map(before.failures);
  if (closedMs === undefined) failures.set(id, known);
  else failures.delete(id);
  const alerts = { ...before, failures };

  const reason: AlertReason = { kind: "incident", id, openedMs };
  const own = alerts.open.find((alert) => hasReason(alert, reason));
  // What was sent keeps its name: under another it would be another alert.
  if (own?.firedMs !== undefined) return replaced(alerts, own, withIncident(own, incident, nowMs));
  const root = rootOf({ service: incident.root, cause }, known, settings.needs);
  const other = alerts.open.find(
    (alert) => alert.kind === "incident" && alert.service === root.service && alert !== own,
  );
  if (own === undefined && closedMs !== undefined) return alerts;
  if (other !== undefined) {
    // Where a dependent has noticed it first, what was begun for that joins the alert of the cause.
    const joined = { ...other, services: { ...other.services, ...own?.services } };
    const rest = { ...alerts, open: alerts.open.filter((alert) => alert !== own) };
    return replaced(rest, other, withIncident(caused(joined, reason, root.cause, nowMs), incident, nowMs));
  }
  if (own !== undefined) return replaced(alerts, own, withIncident({ ...own, ...root }, incident, nowMs));
  const what = { kind: "incident", ...root, phase: undefined, reasons: [reason] } as const;
  const alert = begun(alerts, what, settings, Math.min(openedMs, nowMs));
  return added(alerts, withIncident(alert, incident, nowMs));
}

function failuresAfter(
  before: readonly Failure[],
  { id, root, cause }: Incident,
  transition: Transition | undefined,
): readonly Failure[] {
  const known = before.length === 0 ? [{ service: root, cause }] : before;
  if (transition?.incident !== id || !isOwnFailure(transition.to, transition.cause)) return known;
  if (known.some(({ service }) => service === transition.service)) return known;
  return [...known, { service: transition.service, cause: transition.cause }];
}

/** An alert with what is known of an incident of it now. */
function withIncident(alert: Alert, incident: Incident, nowMs: number): Alert {
  const { id, openedMs, closedMs, outcome, services, steps } = incident;
  const extended: Alert = {
    ...alert,
    severity: outcome === "givenUp" ? "critical" : alert.severity,
    services: { ...alert.services, ...services },
    steps: steps.slice(-keptSteps),
  };
  return closedMs === undefined ? extended : over(extended, { kind: "incident", id, openedMs }, nowMs);
}

/** Takes in the verdict of a gate, or of edges. One that stays closed because of an incident is a part of that one's alert. */
export function verdictSeen(
  alerts: Alerts,
  record: GateRecord,
  settings: AlertSettings,
  nowMs: number,
): Alerts {
  const { phase } = record;
  const reason: AlertReason = { kind: "gate", phase };
  if (record.opened) return mapped(alerts, (alert) => over(alert, reason, nowMs));
  const failing = record.failures.map(({ service }) => service);
  const cause: StateCauseText = { kind: "gate", text: verdictText(record) };
  const states = Object.fromEntries(record.services.map(({ service, state }) => [service, state]));
  const behind = alerts.open.find(
    (alert) =>
      alert.kind === "incident" &&
      alert.reasons.length > 0 &&
      failing.length > 0 &&
      failing.every((service) => service in alert.services),
  );
  if (behind !== undefined) return replaced(alerts, behind, caused(behind, reason, behind.cause, nowMs));
  const own = alerts.open.find((alert) => alert.kind === "gate" && alert.phase === phase);
  if (own !== undefined)
    return replaced(alerts, own, { ...caused(own, reason, cause, nowMs), cause, services: states });
  const service = failing.length === 1 ? failing[0] : undefined;
  const alert = begun(alerts, { kind: "gate", service, phase, cause, reasons: [reason] }, settings, nowMs);
  return added(alerts, { ...alert, services: states });
}

/** Takes in how an `up` has ended. What a gate has said already is not said again. */
export function deploymentSeen(
  alerts: Alerts,
  ended: { readonly outcome: "succeeded" | "failed" | "interrupted"; readonly phase?: string | undefined },
  settings: AlertSettings,
  nowMs: number,
): Alerts {
  const { outcome, phase } = ended;
  const reason: AlertReason = { kind: "deployment" };
  if (outcome === "succeeded")
    return mapped(alerts, (alert) =>
      alert.reasons
        .filter(({ kind }) => kind === "gate" || kind === "deployment")
        .reduce((rest, gone) => over(rest, gone, nowMs), alert),
    );
  if (outcome === "interrupted") return alerts;
  const gate: AlertReason | undefined = phase === undefined ? undefined : { kind: "gate", phase };
  if (gate !== undefined && alerts.open.some((alert) => hasReason(alert, gate))) return alerts;
  const where = phase === undefined ? "" : `, at the phase ${phase}`;
  const cause: StateCauseText = { kind: "deployment", text: `an up has failed${where}` };
  const own = alerts.open.find(({ kind }) => kind === "deployment");
  if (own !== undefined) return replaced(alerts, own, caused(own, reason, cause, nowMs));
  const what = {
    kind: "deployment",
    service: undefined,
    phase: undefined,
    cause,
    reasons: [reason],
  } as const;
  return added(alerts, begun(alerts, what, settings, nowMs));
}

/** Takes in that a service has another state, for the alerts whose incidents were lost in a crash. */
export function stateSeen(alerts: Alerts, service: string, to: ServiceState, nowMs: number): Alerts {
  const reason: AlertReason = { kind: "states" };
  return mapped(alerts, (alert) => {
    if (!hasReason(alert, reason) || !(service in alert.services)) return alert;
    const services = { ...alert.services, [service]: to };
    const after = { ...alert, services };
    return Object.values(services).every(isSettled) ? over(after, reason, nowMs) : after;
  });
}

type Begun = Pick<Alert, "kind" | "service" | "phase" | "cause" | "reasons">;

/** A new alert; `beganMs` is when its cause came. */
export function begun(
  { nextNumber }: Alerts,
  what: Begun,
  { newId }: Pick<AlertSettings, "newId">,
  beganMs: number,
): Alert {
  return {
    ...{ number: nextNumber, id: newId(), severity: "warning" },
    ...{ beganMs, cameMs: beganMs, times: 1 },
    ...{ quietSinceMs: undefined, firedMs: undefined, resolvedMs: undefined },
    ...{ services: {}, steps: [], sent: {}, deliveredMs: undefined },
    ...what,
  };
}

export function added(alerts: Alerts, alert: Alert): Alerts {
  return { ...alerts, open: [...alerts.open, alert], nextNumber: alerts.nextNumber + 1 };
}

function replaced(alerts: Alerts, alert: Alert, by: Alert): Alerts {
  return mapped(alerts, (one) => (one === alert ? by : one));
}

export function mapped(alerts: Alerts, map: (alert: Alert) => Alert): Alerts {
  return { ...alerts, open: alerts.open.map(map) };
}

export function hasReason(alert: Alert, reason: AlertReason): boolean {
  return alert.reasons.some((one) => isDeepStrictEqual(one, reason));
}

/** An alert that has one more reason; where it had none, its cause has come again. */
export function caused(alert: Alert, reason: AlertReason, cause: StateCauseText, nowMs: number): Alert {
  if (hasReason(alert, reason)) return alert;
  const reasons = [...alert.reasons, reason];
  if (alert.quietSinceMs === undefined) return { ...alert, reasons };
  return { ...alert, reasons, cause, quietSinceMs: undefined, times: alert.times + 1, cameMs: nowMs };
}

/** An alert that has one reason less; without any, its cause is gone. */
export function over(alert: Alert, reason: AlertReason, nowMs: number): Alert {
  if (!hasReason(alert, reason)) return alert;
  const reasons = alert.reasons.filter((one) => !isDeepStrictEqual(one, reason));
  return { ...alert, reasons, ...(reasons.length === 0 && { quietSinceMs: nowMs }) };
}

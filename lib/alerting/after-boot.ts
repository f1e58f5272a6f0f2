import type { AlertReason } from "../model/alert.ts";
import type { ServiceState, StateCauseText } from "../model/status.ts";
import type { Incident } from "../model/transition.ts";
import type { Alerts } from "./alerts.ts";
import { added, begun, hasReason, incidentSeen, isOwnFailure, isSettled, mapped, over } from "./alerts.ts";
import { allNeeds } from "./root.ts";
import type { AlertSettings } from "./settings.ts";

/** A service as it is when the coordinator has started again. */
export interface Standing {
  readonly service: string;
  readonly state: ServiceState;
  readonly cause: StateCauseText;
  /** Whether it had been ready before: what fails in a first start is its gate's to tell. */
  readonly supervised: boolean;
}

/**
 * The alerts that were kept, brought up to date with the incidents that were kept and with the services as they are. A coordinator
 * that is killed may have lost the last of either: what fails has an alert all the same, and an alert ends.
 */
export function afterBoot(
  kept: Alerts,
  incidents: readonly Incident[],
  standing: readonly Standing[],
  settings: AlertSettings,
  nowMs: number,
): Alerts {
  const states = new Map(standing.map(({ service, state }) => [service, state]));
  let alerts = mapped(kept, (alert) =>
    alert.reasons.reduce((rest, reason) => {
      if (reason.kind !== "incident" && reason.kind !== "states") return rest;
      if (reason.kind === "incident" && incidents.some((one) => isOf(one, reason))) return rest;
      const lost: AlertReason = { kind: "states" };
      const services = Object.fromEntries(
        // A service that is no more is no reason for an alert.
        Object.keys(rest.services).map((service) => [service, states.get(service) ?? "stopped"]),
      );
      const reasons = [...rest.reasons.filter((one) => one !== reason && one.kind !== "states"), lost];
      const after = { ...rest, services, reasons };
      return Object.values(services).every(isSettled) ? over(after, lost, nowMs) : after;
    }, alert),
  );
  for (const incident of incidents) {
    const reason: AlertReason = { kind: "incident", id: incident.id, openedMs: incident.openedMs };
    if (incident.closedMs === undefined || alerts.open.some((alert) => hasReason(alert, reason)))
      alerts = incidentSeen(alerts, incident, undefined, settings, nowMs);
  }
  for (const { service, state, cause, supervised } of standing) {
    // What a boot has ended is started again, and what follows from another service is a part of that one's alert.
    if (!supervised || cause.kind === "boot" || !isOwnFailure(state, cause)) continue;
    if ([...allNeeds(service, settings.needs)].some((name) => !isSettled(states.get(name) ?? "ready")))
      continue;
    if (alerts.open.some((alert) => alert.reasons.length > 0 && service in alert.services)) continue;
    const reasons = [{ kind: "states" } as const];
    const what = { kind: "incident", service, phase: undefined, cause, reasons } as const;
    alerts = added(alerts, { ...begun(alerts, what, settings, nowMs), services: { [service]: state } });
  }
  return alerts;
}

function isOf({ id, openedMs }: Incident, reason: AlertReason): boolean {
  return reason.kind === "incident" && reason.id === id && reason.openedMs === openedMs;
}

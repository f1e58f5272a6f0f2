import type { Incident, Transition } from "../../../model/transition.ts";
import type { SpanTree } from "./span-tree.ts";
import { shortened } from "./span-tree.ts";

/** The trace of an incident that has closed: what was done as spans, and what happened as events. */
export function incidentTrace(incident: Incident, transitions: readonly Transition[]): SpanTree {
  const { id, root, cause, outcome, openedMs, steps, services } = incident;
  const endedMs = incident.closedMs ?? openedMs;
  return {
    ...{ name: "incident", beganMs: openedMs, endedMs },
    attributes: {
      "phasegate.incident": id,
      "phasegate.service": root,
      "phasegate.outcome": outcome,
      "phasegate.services": Object.keys(services).length,
    },
    events: transitions.map(({ atMs, service, from, to, cause }) => ({
      ...{ name: "transition", atMs },
      attributes: {
        "phasegate.service": service,
        "phasegate.from": from,
        "phasegate.to": to,
        "phasegate.cause": shortened(cause.text),
        "phasegate.cause.kind": cause.kind,
      },
    })),
    error: { type: cause.kind, text: shortened(cause.text) },
    children: steps.map(({ service, action, because, beganMs, tookMs, result }) => ({
      ...{ name: `${action} ${service}`, beganMs },
      endedMs: tookMs === undefined ? Math.max(beganMs, endedMs) : beganMs + tookMs,
      attributes: {
        "phasegate.service": service,
        "phasegate.because": because,
        "phasegate.outcome": result ?? "open",
      },
      events: [],
      error: result === "failed" ? { type: "not_ready", text: `${service} did not become ready` } : undefined,
      children: [],
    })),
  };
}

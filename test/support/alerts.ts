import type { Alert, AlertsAnswer } from "../../lib/model/alert.ts";
import { startMs } from "./statuses.ts";

/** An alert of a database that took two services along, firing for four minutes. */
export function alert(patch: Partial<Alert> = {}): Alert {
  return {
    ...{ number: 3, id: "a3", kind: "incident", severity: "warning", service: "postgres", phase: undefined },
    cause: { kind: "exited", text: "exited with code 137" },
    reasons: [{ kind: "incident", id: 7, openedMs: startMs }],
    ...{ beganMs: startMs, cameMs: startMs, times: 1, quietSinceMs: undefined },
    ...{ firedMs: startMs + 30_000, resolvedMs: undefined },
    services: { postgres: "restarting", auth: "degraded", backend: "degraded" },
    steps: [
      {
        ...{ service: "postgres", action: "restart", because: "postgres", beganMs: startMs + 1000 },
        ...{ tookMs: 4000, result: "failed" },
      },
      { service: "postgres", action: "restart", because: "postgres", beganMs: startMs + 7000 },
    ],
    sent: { alertmanager: { severity: "warning", atMs: startMs + 30_000 } },
    deliveredMs: startMs + 30_100,
    ...patch,
  };
}

export function alertsAnswer(patch: Partial<AlertsAnswer> = {}): AlertsAnswer {
  const none = { open: [], past: [], silences: [], sinks: [], problems: [] };
  return { nowMs: startMs + 270_000, ...none, ...patch };
}

import type { GateRecord, StartRecord } from "../../lib/model/history.ts";
import { serviceStatus, startMs } from "./statuses.ts";

/** A start that became ready, `readyAfterMs` after its container's start. */
export function startRecord(
  service: string,
  readyAfterMs: number,
  patch: Partial<StartRecord> = {},
): StartRecord {
  const status = serviceStatus(service, { state: "ready", readyMs: startMs + readyAfterMs, readyAfterMs });
  return {
    beganMs: startMs,
    outcome: "ready",
    status,
    fromStart: true,
    exits: [],
    failure: undefined,
    ...patch,
  };
}

/** A start that ran out of its budget. */
export function lateRecord(service: string, usedMs: number): StartRecord {
  return startRecord(service, 0, {
    outcome: "failed",
    status: serviceStatus(service, { state: "failed" }),
    failure: { reason: "deadline", usedMs, headline: `${service} is not ready` },
  });
}

export function gateRecord(phase: string, opened: boolean, patch: Partial<GateRecord> = {}): GateRecord {
  return { phase, atMs: startMs, opened, services: [], failures: [], ...patch };
}

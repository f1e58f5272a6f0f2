import type { ProbeStatus, ServiceStatus } from "../../lib/model/status.ts";

/** The instant at which the containers of these statuses start. */
export const startMs = 1_000_000;

export function probeStatus(name: string, patch: Partial<ProbeStatus> = {}): ProbeStatus {
  return {
    name,
    kind: "tcp",
    attempts: 1,
    firstPassMs: undefined,
    passing: false,
    lastCause: undefined,
    measured: undefined,
    ...patch,
  };
}

export function serviceStatus(service: string, patch: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    service,
    phase: "infrastructure",
    container: `netra-dev-${service}`,
    specHash: "0123456789abcdef",
    state: "starting",
    level: "basic",
    budgetMs: 270_000,
    restarts: 0,
    createdMs: startMs - 200,
    startedMs: startMs,
    healthyMs: undefined,
    hasHealthcheck: false,
    health: undefined,
    readyMs: undefined,
    readyAfterMs: undefined,
    provenAgain: false,
    probes: [],
    ...patch,
  };
}

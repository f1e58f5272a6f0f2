import type { ReadinessSpec } from "../../lib/model/plan.ts";
import type { Probe } from "../../lib/model/probe.ts";
import { supervisionDefaults } from "../../lib/model/supervision.ts";
import type { DesiredService } from "../../lib/supervision/desired-service.ts";

/** A TCP probe; its port names it for scripts. */
export function probeOn(port: number, options: Partial<Probe> = {}): Probe {
  return { kind: "tcp", port, timeout: "5s", level: "basic", mutates: false, ...options } as Probe;
}

export function readinessSpec(patch: Partial<ReadinessSpec> = {}): ReadinessSpec {
  return {
    validation: "connectivity",
    level: "basic",
    budget: "60s",
    successThreshold: 1,
    failureThreshold: 1,
    failFast: false,
    cadence: { initial: "100ms", max: "1s", multiplier: 2, jitter: 0 },
    restarts: { maxRetries: 2, backoff: { initial: "1s", multiplier: 2, max: "30s" } },
    grace: "10s",
    job: false,
    probes: { first: probeOn(1) },
    ...patch,
  };
}

/** A service as an `up` applies it; its container has its name. */
export function desiredService(service: string, patch: Partial<DesiredService> = {}): DesiredService {
  return {
    service,
    phase: "infrastructure",
    after: [],
    startIndex: 0,
    needs: {},
    workload: service,
    generation: `${service} run 1`,
    verification: 1,
    specHash: "0123456789abcdef",
    readiness: readinessSpec(),
    supervision: { ...supervisionDefaults, interval: "15s" },
    keptPasswords: [],
    ...patch,
  };
}

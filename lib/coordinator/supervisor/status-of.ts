import { durationMs } from "../../core/duration.ts";
import type { Schedule } from "../../model/schedule.ts";
import { nextRunMs } from "../../model/schedule.ts";
import type { ScheduleStatus, ServiceStatus } from "../../model/status.ts";
import { probeStatus } from "../../readiness/probe-record.ts";
import { minReadyStatus } from "../../supervision/min-ready.ts";
import type { ServiceRecord } from "../../supervision/service-record.ts";

/** What clients are shown of a service. */
export function statusOf(record: ServiceRecord): ServiceStatus {
  const { desired, state, seen, restarts, probes, generation, completed } = record;
  const { readiness } = desired;
  const { external } = readiness;
  const run = typeof seen === "object" && !external ? seen : undefined;
  const ready = state.name === "ready" ? state : undefined;
  const minReady = minReadyStatus(record);
  return {
    service: desired.service,
    phase: desired.phase,
    container: external ? addressText(readiness.endpoint) : (run?.name ?? desired.workload),
    ...(external && { external }),
    specHash: desired.specHash,
    state: state.name,
    cause: state.cause,
    sinceMs: state.sinceMs,
    generation,
    level: readiness.level,
    budgetMs: durationMs(readiness.budget),
    restarts,
    createdMs: run?.createdMs ?? 0,
    startedMs: run?.startedMs,
    healthyMs: run?.healthyMs,
    hasHealthcheck: run?.health !== undefined,
    health: run?.health,
    readyMs: ready?.readyMs,
    readyAfterMs: ready && ready.readyMs - ready.countedFromMs,
    provenAgain: external
      ? desired.verification > 1
      : ready !== undefined && ready.countedFromMs > (run?.startedMs ?? 0),
    probes: probes.map(probeStatus),
    ...(minReady && { minReady }),
    ...(completed && { completedMs: completed.atMs }),
    ...(desired.schedule && { schedule: scheduleStatus(desired.schedule, record) }),
  };
}

function addressText(endpoint: ServiceRecord["desired"]["readiness"]["endpoint"]): string {
  return endpoint === undefined ? "external" : `${endpoint.host}:${endpoint.port}`;
}

function scheduleStatus({ cron, timeZone }: Schedule, { scheduledMs, said }: ServiceRecord): ScheduleStatus {
  const nextMs = scheduledMs === undefined ? undefined : nextRunMs({ cron, timeZone }, scheduledMs);
  return { cron, timeZone, nextMs, missed: said?.text };
}

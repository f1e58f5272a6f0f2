import { describeMs, toDuration } from "../core/duration.ts";
import type { MinReadyStatus, ProbeStatus, ServiceStatus } from "../model/status.ts";
import { blamed, exitText } from "../readiness/gate-text.ts";
import type { ServiceRecord } from "./service-record.ts";
import { isVerified } from "./service-record.ts";

/** What the progress of a service is told from. */
export interface ServiceProgress {
  readonly status: ServiceStatus;
  readonly record: ServiceRecord;
  /** Whether it became ready long ago, and its probes are to say so once more. */
  readonly confirming: boolean;
}

const longestCause = 120;
const longestText = 240;

/**
 * What a gate waits for, in one line of bounded length:
 * `2/3 ready · clickhouse 3 of 4, 12s of 270s: systemTablesReady: connection refused (11 attempts)`.
 */
export function progressText(services: readonly ServiceProgress[], nowMs: number): string {
  const waiting = services.filter(({ status, confirming }) => status.state !== "ready" || confirming);
  const count = `${services.length - waiting.length}/${services.length} ready`;
  let text = count;
  for (const [i, progress] of waiting.entries()) {
    const longer = `${text} · ${serviceText(progress, nowMs)}`;
    if (i > 0 && longer.length > longestText) return `${text} · and ${waiting.length - i} more`;
    text = longer;
  }
  return text;
}

function serviceText({ status, record }: ServiceProgress, nowMs: number): string {
  const { service } = status;
  const { state, desired } = record;
  switch (state.name) {
    case "pending":
      if (state.waitsFor === "needs" && record.down !== undefined)
        return `${service} waits for ${record.down.service}`;
      return `${service} ${state.cause.text}`;
    case "restarting": {
      const waitMs = state.dueMs - nowMs;
      const when = waitMs > 0 ? `in ${describeWait(waitMs)}` : "now";
      const { maxRetries } = desired.readiness.restarts;
      const most = isVerified(record) ? desired.supervision.intensity.restarts : maxRetries;
      const count = state.nth === 0 ? "" : ` (${state.nth} of ${most})`;
      const why = state.exit ? exitText(state.exit) : state.cause.text;
      return `${service} restarting ${when}${count}, ${cut(why)}`;
    }
    case "failed":
      return `${service} failed: ${cut(state.exit ? exitText(state.exit) : state.cause.text)}`;
    case "degraded":
    case "givenUp":
      return `${service} ${state.name === "givenUp" ? "given up" : "degraded"}: ${cut(state.cause.text)}`;
    case "stopped":
      return `${service} stopped`;
    case "ready": {
      const failing = record.probes.find(({ failures }) => failures > 0);
      return `${service} confirming${failing ? `: ${failing.name}${probeText(failing)}` : ""}`;
    }
    case "starting":
      return startingText(record, status, state.deadlineMs, nowMs);
  }
}

function startingText(
  { desired }: ServiceRecord,
  { service, probes, budgetMs, minReady }: ServiceStatus,
  deadlineMs: number,
  nowMs: number,
): string {
  const failing = blamed(probes);
  if (desired.readiness.job && (failing === undefined || failing.lastCause?.code === "running"))
    return `${service} running`;
  const passing = probes.filter((probe) => probe.passing).length;
  const used = budgetMs - Math.max(0, deadlineMs - nowMs);
  const time = `${Math.floor(used / 1000)}s of ${toDuration(budgetMs)}`;
  if (minReady?.passesSinceMs !== undefined) return `${service} ${stayingProgress(minReady, nowMs)}, ${time}`;
  return `${service} ${passing} of ${probes.length}, ${time}${failing ? `: ${failing.name}${probeText(failing)}` : ""}`;
}

/** Whole seconds of what is left, up to the end: attempts that are under way then decide. */
function stayingProgress({ forMs, passesSinceMs = 0, interrupted }: MinReadyStatus, nowMs: number): string {
  const leftMs = Math.min(forMs, passesSinceMs + forMs - nowMs);
  const left = `ready, must stay so for ${Math.max(1, Math.ceil(leftMs / 1000))}s more`;
  if (interrupted === undefined) return left;
  const { times, text } = interrupted;
  return `${left}, interrupted ${times === 1 ? "once" : `${times} times`} (${cut(text)})`;
}

function probeText({ lastCause, attempts }: ProbeStatus): string {
  const tries = attempts === 1 ? "1 attempt" : `${attempts} attempts`;
  if (lastCause === undefined) return ` (${tries})`;
  return `: ${cut(lastCause.text)} (${tries}${lastCause.permanent ? ", will not heal by waiting" : ""})`;
}

/** Whole seconds: a countdown needs no more. */
function describeWait(ms: number): string {
  return ms < 1000 ? describeMs(ms) : `${Math.round(ms / 1000)}s`;
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length > longestCause ? `${line.slice(0, longestCause - 3)}...` : line;
}

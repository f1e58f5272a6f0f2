import { describeMs, toDuration } from "../core/duration.ts";
import type { ProbeStatus, ServiceFailure, ServiceStatus } from "../model/status.ts";
import { blamed, exitText } from "./gate-text.ts";
import type { ReadinessState } from "./readiness-state.ts";

/** What the progress of a service is made of. */
export interface ServiceProgress {
  readonly status: ServiceStatus;
  readonly state: ReadinessState;
  readonly job: boolean;
  readonly maxRetries: number;
}

const longestCause = 120;
const longestText = 240;

/**
 * What a gate waits for, in one line of bounded length:
 * `2/3 ready · clickhouse 3 of 4, 12s of 270s: systemTablesReady: connection refused (11 attempts)`.
 */
export function progressText(services: readonly ServiceProgress[], nowMs: number): string {
  const waiting = services.filter(({ state }) => state.state !== "ready");
  const count = `${services.length - waiting.length}/${services.length} ready`;
  let text = count;
  for (const [i, progress] of waiting.entries()) {
    const longer = `${text} · ${serviceText(progress, nowMs)}`;
    if (i > 0 && longer.length > longestText) return `${text} · and ${waiting.length - i} more`;
    text = longer;
  }
  return text;
}

function serviceText({ status, state, job, maxRetries }: ServiceProgress, nowMs: number): string {
  const { service, probes } = status;
  switch (state.state) {
    case "pending":
      return `${service} ${state.note ?? "not started yet"}`;
    case "restarting": {
      const waitMs = state.dueMs - nowMs;
      const when = waitMs > 0 ? `in ${describeWait(waitMs)}` : "now";
      return `${service} restarting ${when} (${state.nth} of ${maxRetries}), ${cut(exitText(state.exit))}`;
    }
    case "failed":
      return `${service} failed: ${failureText(state.failure)}`;
    case "ready":
    case "stopped":
      return `${service} ${state.state}`;
    case "starting": {
      const failing = blamed(probes);
      if (job && (failing === undefined || failing.lastCause?.code === "running"))
        return `${service} running`;
      const passing = probes.filter((probe) => probe.passing).length;
      const used = status.budgetMs - Math.max(0, state.deadlineMs - nowMs);
      const time = `${Math.floor(used / 1000)}s of ${toDuration(status.budgetMs)}`;
      return `${service} ${passing} of ${probes.length}, ${time}${failing ? `: ${failing.name}${probeText(failing)}` : ""}`;
    }
  }
}

function failureText({ reason, exit }: ServiceFailure): string {
  switch (reason) {
    case "exited":
      return cut(exitText(exit));
    case "gone":
      return "its container is gone";
    case "permanent":
      return "it cannot become ready";
    case "deadline":
      return "not ready in time";
  }
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

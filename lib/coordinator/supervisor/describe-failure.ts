import type { Clock } from "../../core/clock.ts";
import type { LastGood, ServiceFailure } from "../../model/status.ts";
import { lastLines, serviceFailure } from "../../readiness/service-failure.ts";
import type { Exit } from "../../readiness/service-container.ts";
import { durationMs } from "../../core/duration.ts";
import type { ServiceRecord } from "../../supervision/service-record.ts";
import type { StateCause } from "../../supervision/service-state.ts";
import { isHopeless } from "../../supervision/steps.ts";
import { statusOf } from "./status-of.ts";

/** What failures are described with. */
export interface DescribeDependencies {
  readonly clock: Clock;
  readonly stack: string | undefined;
  logs(workload: string, tail: number): Promise<readonly string[]>;
  /** What is different from the last start that became ready; undefined when none is known. Never rejects. */
  lastGood(record: ServiceRecord): Promise<LastGood | undefined>;
}

/** Why a service is not ready, with its last lines, what has changed since it was, and what to try. Never rejects. */
export async function describeFailure(
  record: ServiceRecord,
  { clock, stack, logs, lastGood }: DescribeDependencies,
): Promise<ServiceFailure> {
  const { desired } = record;
  const [lines, good] = await Promise.all([
    lastLines({ logs: (tail) => logs(desired.workload, tail) }),
    lastGood(record),
  ]);
  const evidence = { logs: lines, lastGood: good, stack, keptPasswords: desired.keptPasswords };
  const status = { ...statusOf(record), state: "failed" as const, cause: causeOf(record) };
  return serviceFailure(status, desired.readiness, factsOf(record, clock.now()), evidence);
}

/** Why it is not ready now: that may have come after the cause of its state. */
function causeOf({ act, down, state, probes, desired }: ServiceRecord): StateCause {
  if (act !== undefined)
    return { kind: "engine", text: `the container engine has not answered the order to ${act.order} it` };
  switch (state.name) {
    case "pending":
    case "restarting":
    case "degraded":
      return down === undefined ? state.cause : { kind: "dependency", ...down };
    case "ready": {
      const silent = probes.find(({ lastCause }) => lastCause !== undefined);
      const text = silent?.lastCause ? `: ${silent.name}: ${silent.lastCause.text}` : "";
      return { kind: "unhealthy", text: `it was ready, and was not confirmed${text}` };
    }
    case "starting":
      return { kind: "deadline", text: `it was not ready within ${desired.readiness.budget}` };
    case "failed":
    case "stopped":
    case "givenUp":
      return state.cause;
  }
}

interface Facts {
  readonly reason: ServiceFailure["reason"];
  readonly usedMs: number;
  readonly exit: Exit | undefined;
}

/** How a service has come to fail. */
export function factsOf(record: ServiceRecord, nowMs: number): Facts {
  const { state, desired } = record;
  const budgetMs = durationMs(desired.readiness.budget);
  switch (state.name) {
    case "failed":
      return { reason: state.reason, usedMs: state.usedMs, exit: state.exit };
    case "starting":
      return {
        reason: isHopeless(record) ? "permanent" : "deadline",
        usedMs: Math.max(0, nowMs - (state.deadlineMs - budgetMs)),
        exit: undefined,
      };
    case "stopped":
      return { reason: state.gone ? "gone" : "stopped", usedMs: 0, exit: undefined };
    case "restarting": {
      const hangs = record.act !== undefined || state.cause.kind === "engine";
      const exit = hangs ? undefined : state.exit;
      return { reason: exit ? "exited" : "deadline", usedMs: usedMs(record, nowMs), exit };
    }
    case "givenUp":
      return { reason: "givenUp", usedMs: nowMs - state.sinceMs, exit: undefined };
    case "pending":
    case "ready":
    case "degraded":
      return { reason: "deadline", usedMs: usedMs(record, nowMs), exit: undefined };
  }
}

/** How long the proof under way has taken. */
function usedMs({ deadlineMs, state, desired }: ServiceRecord, nowMs: number): number {
  const beganMs = deadlineMs && deadlineMs - durationMs(desired.readiness.budget);
  return nowMs - (beganMs ?? state.sinceMs);
}

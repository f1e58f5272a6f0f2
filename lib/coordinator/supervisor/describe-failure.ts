import type { Clock } from "../../core/clock.ts";
import type { LastGood, ServiceFailure } from "../../model/status.ts";
import { lastLines, serviceFailure } from "../../readiness/service-failure.ts";
import type { Exit } from "../../readiness/service-container.ts";
import { durationMs } from "../../core/duration.ts";
import type { ServiceRecord } from "../../supervision/service-record.ts";
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
  const status = { ...statusOf(record), state: "failed" as const };
  return serviceFailure(status, desired.readiness, factsOf(record, clock.now()), evidence);
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
    case "restarting":
      return { reason: "exited", usedMs: nowMs - state.sinceMs, exit: state.exit };
    case "givenUp":
      return { reason: "givenUp", usedMs: nowMs - state.sinceMs, exit: undefined };
    case "pending":
    case "ready":
    case "degraded":
      return { reason: "deadline", usedMs: nowMs - state.sinceMs, exit: undefined };
  }
}

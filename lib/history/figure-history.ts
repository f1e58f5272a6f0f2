import type { FigureFacts, Period } from "../model/figures.ts";
import type { Deployment } from "../model/history.ts";
import type { AttemptLatency } from "../model/latencies.ts";
import type { LatencyBucket, LatencyQuery, ProbeAttempt } from "./stored-latencies.ts";

/** What success figures are computed from. What writes never throws and never waits; what reads throws PHASEGATE_HISTORY_UNREADABLE. */
export interface FigureHistory {
  attempts(attempts: readonly ProbeAttempt[]): void;
  deployment(deployment: Deployment): void;
  /** A coordinator is there; in place of what was said with the same beginning. */
  watched(period: Period): void;
  /** The stack is held until then, or was; in place of what was said with the same beginning. */
  held(period: Period): void;
  /** What the attempts of a probe came to: of the last day each, of the last week by the minute, of the last quarter by the hour. */
  latencies: {
    attempts(query: LatencyQuery): readonly AttemptLatency[];
    minutes(query: LatencyQuery): readonly LatencyBucket[];
    hours(query: LatencyQuery): readonly LatencyBucket[];
  };
  facts(period: Period): FigureFacts;
}

/** One that keeps nothing; who reads gets what `refuse` throws. */
export function noFigures(refuse: () => never): FigureHistory {
  const nothing = () => undefined;
  return {
    ...{ attempts: nothing, deployment: nothing, watched: nothing, held: nothing },
    latencies: { attempts: refuse, minutes: refuse, hours: refuse },
    facts: refuse,
  };
}

/** The success figures of a stack: what they are computed from, and how they are answered. Times are milliseconds since the epoch. */
import type { Deployment } from "./history.ts";
import type { Incident, Transition } from "./transition.ts";

/** From one instant up to another. */
export interface Period {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** A start, as far as figures need it. */
export interface StartFact {
  readonly service: string;
  readonly beganMs: number;
  /** When its container was started; undefined where it never was. */
  readonly startedMs: number | undefined;
  readonly readyMs: number | undefined;
  readonly outcome: "ready" | "failed";
  /** Why it failed. */
  readonly reason: string | undefined;
  /** As in StartRecord. */
  readonly fromStart: boolean;
}

/** What an alert about an incident says of when it was sent. */
export interface SentAlert {
  /** The service that it names; undefined where it names none. */
  readonly service: string | undefined;
  /** When the coordinator noticed the fault: when the first incident that it is about was opened. */
  readonly faultMs: number;
  /** When its first message was queued; undefined where none was: it was silenced. */
  readonly sentMs: number | undefined;
  /** When the first sink took a message about it; undefined while none has. */
  readonly deliveredMs: number | undefined;
}

/** The alerts about incidents that are kept. */
export interface SentAlerts {
  readonly alerts: readonly SentAlert[];
  /** From when on all of them are there. */
  readonly completeFromMs: number;
}

/** What the history has of a time, for the figures. */
export interface FigureFacts extends Period {
  /** When a coordinator has watched the stack, in order. */
  readonly watched: readonly Period[];
  /** When the stack was held. */
  readonly holds: readonly Period[];
  readonly starts: readonly StartFact[];
  /** Oldest first; of each service also the last one from before the time. */
  readonly transitions: readonly Transition[];
  /** Oldest first. */
  readonly incidents: readonly Incident[];
  /** Oldest first. */
  readonly deployments: readonly Deployment[];
  /** From when on all of a kind is there: older records make room for newer ones. */
  readonly completeFromMs: Readonly<Record<"starts" | "transitions" | "incidents" | "deployments", number>>;
}

export const figureNames = [
  "startSuccess",
  "timeToReady",
  "cascades",
  "parityIssues",
  "deploymentFailures",
  "selfRecovery",
  "availability",
  "alertNoise",
  "timeToAlert",
] as const;
export type FigureName = (typeof figureNames)[number];

/** What a figure is to be. */
export interface FigureTarget {
  readonly is: "above" | "below" | "atLeast";
  readonly value: number;
  readonly unit: FigureUnit;
}

/** `share`: from 0 to 1. `perMonth`, `perQuarter`: a number in 30, in 90 days. */
export type FigureUnit = "share" | "ms" | "perMonth" | "perQuarter";

/**
 * - `met`: the target holds, with a confidence of 95 %
 * - `missed`: what was measured is past the target, and there is enough of it; or it is past it with a confidence of 95 %
 * - `tooFew`: neither can be said of so few events
 * - `notMeasured`: nothing measures it here
 */
export type FigureVerdict = "met" | "missed" | "tooFew" | "notMeasured";

/** One success figure, with its target and from how much it comes. */
export interface Figure {
  readonly name: FigureName;
  readonly target: FigureTarget;
  /** In the unit of the target; null where there is nothing to measure. */
  readonly measured: number | null;
  /** From how many events it comes; of a figure over time the milliseconds that were watched. */
  readonly events: number;
  /** What these are: "starts". */
  readonly of: string;
  readonly verdict: FigureVerdict;
  /** From when on it was measured: later than was wanted where the history does not go back so far. */
  readonly sinceMs: number;
  /** What belongs to it, a clause each: "the longest took 63.0s". */
  readonly notes: readonly string[];
}

/** The figures of a stack over a time. */
export interface Figures extends Period {
  /** How much of the time a coordinator has watched. */
  readonly watchedMs: number;
  readonly figures: readonly Figure[];
}

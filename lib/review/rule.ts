import type { Value } from "./differences.ts";
import type { PlanView } from "./plan-view.ts";

/** One thing by which a plan proves less than another, or more. */
export interface Finding {
  readonly rule: string;
  /** Why it proves less. */
  readonly reason: string;
  readonly of: "stack" | "phase" | "service";
  /** The service or the phase; the empty text for the stack. */
  readonly name: string;
  readonly what: string;
  readonly before: Value;
  readonly after: Value;
  /** What else there is to know of this one. */
  readonly note?: string;
}

/** A finding before its rule is put on it. */
export type Found = Omit<Finding, "rule" | "reason">;

/** One way in which a plan may prove less, and why it does. */
export interface Rule {
  readonly name: string;
  readonly reason: string;
  /** Where `after` proves less than `before`, by this rule alone. */
  readonly find: (before: PlanView, after: PlanView) => readonly Found[];
}

/** What a rule finds of a service. */
export function ofService(name: string, what: string, before: Value, after: Value): Found {
  return { of: "service", name, what, before, after };
}

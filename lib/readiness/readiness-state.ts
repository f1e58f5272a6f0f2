import type { ServiceFailure } from "../model/status.ts";
import type { Exit } from "./service-container.ts";

/** How far the verification of a service is. Times are milliseconds since the epoch. */
export type ReadinessState =
  /** The container has not started, or waits to be restarted; the note says what for. */
  | { readonly state: "pending"; readonly note?: string }
  /** The container runs, and its probes run, until the deadline. */
  | { readonly state: "starting"; readonly deadlineMs: number }
  /** The container has ended, and the failure policy starts it again at `dueMs`, for the `nth` time. */
  | { readonly state: "restarting"; readonly dueMs: number; readonly nth: number; readonly exit: Exit }
  /** Every probe passed at one moment, in the run of the container that began at `startedMs`; the budget began at `countedFromMs`. */
  | {
      readonly state: "ready";
      readonly readyMs: number;
      readonly startedMs: number;
      readonly countedFromMs: number;
    }
  | { readonly state: "failed"; readonly failure: ServiceFailure; readonly atMs: number }
  /** The container ended after it had been ready. */
  | { readonly state: "stopped" };

type Name = ReadinessState["state"];

/** The legal transitions, all of them. What is proven again goes back to pending or starting. */
const transitions: Readonly<Record<Name, readonly Name[]>> = {
  pending: ["pending", "starting", "restarting", "failed"],
  starting: ["starting", "restarting", "ready", "failed"],
  restarting: ["restarting", "starting", "failed"],
  ready: ["stopped", "pending"],
  failed: ["pending"],
  stopped: ["pending"],
};

/** The next state. @throws Error when the transition is not legal: a defect of the caller. */
export function transition(from: ReadinessState, to: ReadinessState): ReadinessState {
  if (!transitions[from.state].includes(to.state))
    throw new Error(`a service that is ${from.state} cannot become ${to.state}`);
  return to;
}

import type { Exit } from "../readiness/service-container.ts";

/** What brought a state about. `text` says it in words; `service` is another service that it comes from. */
export interface StateCause {
  /**
   * - `deployment`: an `up` wants it so
   * - `exited`, `unhealthy`, `deadline`, `engine`: the service's own failure: its process has ended, its probes fail, it was not
   *   ready in time, the platform did not do what was asked
   * - `slow`, `probe`: it works, and one of its probes says less well than it should
   * - `dependency`: a service that it needs is not ready, or runs again
   * - `operator`: somebody stopped, started or removed it through the platform, or by a command
   * - `schedule`: the time of a job has come, or has passed
   * - `boot`: the platform, or the coordinator, was started again
   * - `recovered`: it passes again
   * - `defect`: the coordinator itself went wrong
   */
  readonly kind:
    | "deployment"
    | "exited"
    | "unhealthy"
    | "deadline"
    | "engine"
    | "slow"
    | "probe"
    | "dependency"
    | "operator"
    | "schedule"
    | "boot"
    | "recovered"
    | "defect";
  readonly text: string;
  readonly service?: string | undefined;
}

/** The state of a service, as its actor has it. Times are the coordinator's clock, in milliseconds. */
export type ServiceState = { readonly cause: StateCause; readonly sinceMs: number } & (
  | {
      /**
       * It has not been started: by who created it, or because it waits for what comes before it. `needs`: an `up` wants
       * it to be started, which is done when what it needs is ready.
       */
      readonly name: "pending";
      readonly waitsFor: "creator" | "needs" | "dependency" | "boot";
    }
  /** It runs, and its probes decide until the deadline whether it is ready. */
  | { readonly name: "starting"; readonly deadlineMs: number }
  /** Every probe passed at one moment, in the current run; its budget began at `countedFromMs`. */
  | { readonly name: "ready"; readonly readyMs: number; readonly countedFromMs: number }
  /** It runs and answers, but less well than it should, or what it needs is not ready. */
  | { readonly name: "degraded" }
  /** It is started again at `dueMs`, or is being so now. */
  | {
      readonly name: "restarting";
      readonly dueMs: number;
      readonly nth: number;
      readonly exit: Exit | undefined;
    }
  /** It was not ready in time for its gate, or ended more often than its policy allows; an external one does not work. */
  | {
      readonly name: "failed";
      readonly reason: "exited" | "deadline" | "gone" | "permanent" | "outage";
      readonly exit: Exit | undefined;
      readonly usedMs: number;
      readonly atMs: number;
    }
  /** Somebody has stopped it, or its workload is not there any more. */
  | { readonly name: "stopped"; readonly gone: boolean }
  /** It was restarted as often as its intensity allows. */
  | { readonly name: "givenUp" }
);

export type StateName = ServiceState["name"];

/** The legal transitions, all of them. A new container or a new wish of an `up` may come in any state. */
const transitions: Readonly<Record<StateName, readonly StateName[]>> = {
  pending: ["pending", "starting", "restarting", "failed", "stopped", "ready"],
  starting: ["starting", "pending", "ready", "degraded", "restarting", "failed", "stopped", "givenUp"],
  ready: ["starting", "pending", "degraded", "restarting", "failed", "stopped", "givenUp", "ready"],
  degraded: ["ready", "degraded", "starting", "pending", "restarting", "failed", "stopped", "givenUp"],
  restarting: ["restarting", "starting", "pending", "degraded", "failed", "stopped", "givenUp"],
  failed: ["ready", "starting", "pending", "restarting", "stopped"],
  stopped: ["starting", "pending", "restarting", "stopped"],
  givenUp: ["ready", "starting", "pending", "restarting", "stopped"],
};

/** @throws Error when the transition is not legal: a defect of the caller. */
export function requireLegal(from: StateName, to: StateName): void {
  if (!transitions[from].includes(to)) throw new Error(`a service that is ${from} cannot become ${to}`);
}

/** Whether others can rely on a service in this state: it is ready, or works less well than it should. */
export function isUp({ name }: ServiceState): boolean {
  return name === "ready" || name === "degraded";
}

/** What is known of services, of their probes and of their edges. Times are milliseconds since the epoch unless they say otherwise. */
/** A probe's status within one verification of its service. Times are milliseconds since the epoch. */
export interface ProbeStatus {
  readonly name: string;
  readonly kind: string;
  readonly attempts: number;
  readonly firstPassMs: number | undefined;
  /** Whether the last attempts passed, successThreshold times in a row. */
  readonly passing: boolean;
  /** Why the last attempt that did not pass did not. */
  readonly lastCause:
    | {
        readonly code: string;
        readonly text: string;
        /** Waiting will not heal it. */ readonly permanent: boolean;
      }
    | undefined;
  readonly measured: { readonly p95Ms: number; readonly samples: number } | undefined;
}

/** The states of a service. */
export type ServiceState =
  "pending" | "starting" | "ready" | "degraded" | "failed" | "restarting" | "stopped" | "givenUp";

/** What brought a state about. */
export interface StateCauseText {
  /** See StateCause in lib/supervision/service-state.ts. */
  readonly kind: string;
  /** In words, without any secret. */
  readonly text: string;
  /** Another service that it comes from. */
  readonly service?: string | undefined;
}

/** A service as the coordinator knows it. Times are milliseconds since the epoch. */
export interface ServiceStatus {
  readonly service: string;
  readonly phase: string;
  /** The container's name on the engine; its id until the name is known. Of an external service, host and port. */
  readonly container: string;
  /** Present where it is no container: nothing starts, stops or restarts it. */
  readonly external?: true | undefined;
  /** Identifies what is expected of it. */
  readonly specHash: string;
  readonly state: ServiceState;
  /** What brought the state about; undefined in records of earlier versions. */
  readonly cause?: StateCauseText | undefined;
  /** Since when it is in this state; undefined in records of earlier versions. */
  readonly sinceMs?: number | undefined;
  /** Counts the runs of its container; undefined in records of earlier versions. */
  readonly generation?: number | undefined;
  readonly level: string;
  readonly budgetMs: number;
  readonly restarts: number;
  readonly createdMs: number;
  readonly startedMs: number | undefined;
  /** The engine's own health check; undefined where there is none or it has not passed yet. */
  readonly healthyMs: number | undefined;
  readonly hasHealthcheck: boolean;
  /** What the engine's own health check says; undefined where there is none, and in records of earlier versions. */
  readonly health: "starting" | "healthy" | "unhealthy" | undefined;
  readonly readyMs: number | undefined;
  /** How much of its budget the service used: from the container's start, or, of an old container, from when it was proven again. */
  readonly readyAfterMs: number | undefined;
  /** The container was older than its budget when it was proven: its time to ready says nothing of its start. */
  readonly provenAgain: boolean;
  readonly probes: readonly ProbeStatus[];
  /** Present where it must stay ready for a time before it counts as ready. */
  readonly minReady?: MinReadyStatus | undefined;
  /** When a job last did its work; undefined where it has not, and for what is no job. */
  readonly completedMs?: number | undefined;
  /** When the coordinator runs a job by itself. */
  readonly schedule?: ScheduleStatus | undefined;
}

/** How a service that must stay ready for a time stands with it. */
export interface MinReadyStatus {
  /** How long it must. */
  readonly forMs: number;
  /** Since when every probe has passed without interruption; undefined where one does not, or nobody looks. */
  readonly passesSinceMs: number | undefined;
  /** What has last interrupted it in this start; undefined where nothing has. */
  readonly interrupted:
    | {
        /** How often it was interrupted. */
        readonly times: number;
        /** For how long every probe had passed. */
        readonly afterMs: number;
        /** By what, in words: "ping: connection refused". */
        readonly text: string;
      }
    | undefined;
}

/** A job's schedule, and how it stands with it. */
export interface ScheduleStatus {
  readonly cron: string;
  readonly timeZone: string;
  /** When it comes round next. */
  readonly nextMs: number | undefined;
  /** What was missed last, and why; undefined where nothing was. */
  readonly missed: string | undefined;
}

/** The last start of a service that became ready, and what is different now. */
export interface LastGood {
  /** When it became ready, milliseconds since the epoch. */
  readonly readyMs: number;
  /** What has changed since, a line each: "image: postgres:16 → postgres:17". Empty when nothing has that is known. */
  readonly changes: readonly string[];
}

export type FailureReason = "exited" | "deadline" | "gone" | "stopped" | "permanent" | "givenUp" | "outage";

/** Why a service is not ready. */
export interface ServiceFailure {
  readonly service: string;
  /**
   * - `exited`: it ended, more often than its policy restarts it
   * - `deadline`: it was not ready in time
   * - `gone`, `stopped`: its container was removed, or stopped, by somebody
   * - `permanent`: a probe met a cause that waiting does not heal
   * - `givenUp`: it was restarted as often as its intensity allows
   * - `outage`: it is external, and does not work
   */
  readonly reason: FailureReason;
  readonly status: ServiceStatus;
  /** How much of the budget was used. */
  readonly usedMs: number;
  readonly exit:
    | {
        readonly code: number;
        readonly outOfMemory: boolean;
        /** Why the engine could not start it; empty otherwise. */ readonly startError: string;
      }
    | undefined;
  /** The container's last lines, secrets blacked out. */
  readonly logs: readonly string[];
  /** Undefined when no start that became ready is known. */
  readonly lastGood: LastGood | undefined;
  /** What to try, a sentence each. */
  readonly advice: readonly string[];
}

/** The status of one probe of an edge, run from the dependent's place. */
export interface EdgeStatus {
  readonly dependent: string;
  readonly needed: string;
  readonly probe: ProbeStatus;
}

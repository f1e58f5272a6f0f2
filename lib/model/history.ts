/** What a coordinator keeps of the starts and gates of its stack, as it is written, read and sent to clients. */
import type { EdgeStatus, ServiceFailure, ServiceStatus } from "./status.ts";

/** An end of a container. */
export interface RecordedExit {
  readonly atMs: number;
  readonly code: number;
  readonly outOfMemory: boolean;
  /** Why the engine could not start it. Empty otherwise. */
  readonly startError: string;
}

/**
 * How a start came out.
 * - `under-way`: it is being proven
 * - `ready`, `failed`: its verdict
 * - `broken-off`: another readiness spec or container took its place, or the coordinator ended, before there was a verdict
 */
export type StartOutcome = "under-way" | "ready" | "failed" | "broken-off";

/** One verification of a service, from its beginning to its verdict. Times are milliseconds since the epoch. */
export interface StartRecord {
  readonly beganMs: number;
  readonly outcome: StartOutcome;
  /** The timeline and the probes, as last known. */
  readonly status: ServiceStatus;
  /**
   * Whether the coordinator has seen this run of the container from its beginning, and had not proven it
   * before: only then does the time to ready say how long the service takes to start.
   */
  readonly fromStart: boolean;
  /** Each time that its container ended, before it was ready or after. */
  readonly exits: readonly RecordedExit[];
  /** Why it failed, in one line: "redis is not ready after 4m30s of 270s: ping: connection refused by redis:6379". */
  readonly failure:
    | { readonly reason: ServiceFailure["reason"]; readonly usedMs: number; readonly headline: string }
    | undefined;
}

/** The verdict of a gate. */
export interface GateRecord {
  readonly phase: string;
  /** When it was first waited for; undefined in records of earlier versions. */
  readonly beganMs?: number | undefined;
  readonly atMs: number;
  readonly opened: boolean;
  /** Each service of the phase, and its state at that moment. */
  readonly services: readonly Pick<ServiceStatus, "service" | "state">[];
  /** Empty when the gate opened. */
  readonly failures: readonly ServiceFailure[];
  /** Given when the phase was not begun, because an edge was not proven from its dependent's side. */
  readonly edges?: {
    readonly statuses: readonly EdgeStatus[];
    readonly usedMs: number;
    readonly budgetMs: number;
  };
}

/** The report of a gate that did not open. */
export interface FailureReport extends GateRecord {
  readonly opened: false;
  /** When the phase's gate last opened; undefined when it has not opened after this. */
  readonly openedMs: number | undefined;
}

/** One `up` at work: from its connection to the end of that. */
export interface Deployment {
  readonly beganMs: number;
  readonly endedMs: number;
  /** `succeeded`: all gates that it waited for have opened; `interrupted`: it has gone while it waited. */
  readonly outcome: "succeeded" | "failed" | "interrupted";
  /** The phase whose gate did not open. */
  readonly phase?: string | undefined;
}

/** Starts, the newest first. */
export interface History {
  readonly starts: readonly StartRecord[];
  /** Whether older ones that were asked for were left out, for the length of the answer. */
  readonly cut: boolean;
}

/** Failure reports, the newest first. */
export interface Reports {
  readonly reports: readonly FailureReport[];
  /** As in {@link History}. */
  readonly cut: boolean;
}

/** The most starts that one answer holds. */
export const mostStarts = 500;
/** The most failure reports that one answer holds. */
export const mostReports = 20;

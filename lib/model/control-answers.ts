/** What the coordinator answers to the requests of control.ts. */
import type { ErrorCode } from "../core/errors.ts";
import type { AlertsAnswer, Silence, SilenceEnded, SinkTests } from "./alert.ts";
import type { CommandAction, FailureType, Method } from "./control.ts";
import type { Figures } from "./figures.ts";
import type { Latencies } from "./latencies.ts";
import type { History, Reports } from "./history.ts";
import type { EdgeStatus, ServiceFailure, ServiceState, ServiceStatus, StateCauseText } from "./status.ts";
import type { Incident, IncidentHistory, Transition } from "./transition.ts";

export interface Hello {
  readonly protocol: number;
  /** When the coordinator's process began, milliseconds since the epoch. */
  readonly startedMs: number;
  /** Identifies the telemetry that it goes by; undefined where it has none, or not the secrets of it. */
  readonly telemetry: string | undefined;
}

/** It has been taken in. */
export type Done = Readonly<Record<string, never>>;

/** Which of the services it had known. */
export interface Forgotten {
  readonly services: readonly string[];
}

/** One line of what a gate is waiting for. Sent when it changes. */
export interface Progress {
  readonly text: string;
}

export type GateVerdict =
  | { readonly opened: true; readonly services: readonly ServiceStatus[] }
  | {
      readonly opened: false;
      readonly services: readonly ServiceStatus[];
      readonly failures: readonly ServiceFailure[];
      /** All of it as text for a person. */
      readonly message: string;
    };

/** Why a readiness no longer holds. */
export interface StaleReason {
  /**
   * - `unknown`: the coordinator does not know this generation or readiness spec, or cannot say
   * - `forgotten`: the coordinator knows no service at all
   * - `ended`: it has ended, and is not being started again
   * - `gone`: its container was removed
   * - `unproven`: it is not ready, and the coordinator sees to it
   */
  readonly kind: "unknown" | "forgotten" | "ended" | "gone" | "unproven";
  /** In words: "the coordinator does not know redis". */
  readonly text: string;
}

export interface Staleness {
  /** Undefined when every readiness holds. */
  readonly reason: StaleReason | undefined;
}

export type EdgesVerdict =
  | { readonly proven: true; readonly edges: readonly EdgeStatus[] }
  | {
      readonly proven: false;
      readonly edges: readonly EdgeStatus[];
      readonly usedMs: number;
      readonly budgetMs: number;
      /** All of it as text for a person. */
      readonly message: string;
    };

/** What was done for one service when another, or it itself, had failed. */
export interface CascadeStep {
  readonly service: string;
  readonly action: "restart" | "revalidate";
  /** The service because of which: it itself at the beginning of a cascade. */
  readonly because: string;
  readonly result: "ready" | "failed" | "not attempted";
  readonly tookMs: number;
  /** Why it failed, in one line. */
  readonly cause: string | undefined;
}

export interface FailureResponse {
  readonly service: string;
  readonly failure: FailureType;
  /** Whether all that was begun came to be ready. */
  readonly recovered: boolean;
  /** In the order in which it was done. Empty where the service turned out to be well. */
  readonly steps: readonly CascadeStep[];
}

/** What was done for one service by a command, or followed from it. */
export interface CommandStep {
  readonly service: string;
  readonly action: CommandAction | "revalidate";
  /** The service because of which it followed; undefined where the command itself wanted it. */
  readonly because: string | undefined;
  readonly result: "ready" | "stopped" | "degraded" | "failed" | "not attempted";
  /** Whether nothing was to be done. */
  readonly already: boolean;
  readonly tookMs: number;
  /** Why it did not come out as wanted, in words. */
  readonly cause: string | undefined;
}

/**
 * What a command is doing.
 * - `begun`: something is done for a service; `because` says why in words where the command does not name it
 * - `waiting`: what it waits for, in one line, for all services together
 * - `done`: the step that `begun` announced, or one for which there was nothing to do
 * - `following`: the command's own steps are over, and what depends on them follows
 */
export type CommandProgress =
  | {
      readonly kind: "begun";
      readonly service: string;
      readonly action: CommandStep["action"];
      readonly because: string | undefined;
    }
  | { readonly kind: "waiting"; readonly text: string }
  | { readonly kind: "done"; readonly step: CommandStep }
  | { readonly kind: "following" };

/** A service that depends on what a command has changed, and is not ready now. */
export interface Impaired {
  readonly service: string;
  readonly state: ServiceState;
  readonly cause: StateCauseText;
}

export interface CommandResult {
  /** In the order in which they were done. */
  readonly steps: readonly CommandStep[];
  /** In the order of the start. */
  readonly impaired: readonly Impaired[];
  /** While the stack is held, what depends on what was restarted does not follow before its end. */
  readonly held: Held | undefined;
  /** How a job that was run has ended; undefined where it has not, and for other actions. */
  readonly ended?: { readonly exitCode: number; readonly lines: readonly string[] } | undefined;
}

/** The stack is left alone while somebody works on it. Milliseconds since the epoch. */
export interface Held {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Why, as they said it. */
  readonly why?: string | undefined;
}

export interface Released {
  /** The hold that was; undefined when there was none. */
  readonly held: Held | undefined;
}

/** A hold has begun, is another, or has ended. */
export interface HoldChange {
  readonly atMs: number;
  readonly held: Held | undefined;
}

export interface Followed {
  /** The number of the last transition, whichever service it is of; 0 where there is none. */
  readonly lastSeq: number;
  /** When it was. */
  readonly lastAtMs: number;
}

/** Where the engine has something else than what was applied. */
export interface DriftReport {
  /** `gone`: no container; `replaced`: another has its place; `changed`: not as it was created; `added`: no service's. */
  readonly kind: "gone" | "replaced" | "changed" | "added";
  /** Undefined with `added`. */
  readonly service: string | undefined;
  /** What is the matter: "redis is paused". */
  readonly text: string;
  /** The command that mends it. */
  readonly command: string;
}

export interface StackStatus {
  /** The time by which all of this is, milliseconds since the epoch. */
  readonly nowMs: number;
  /** When the coordinator's process began. */
  readonly startedMs: number;
  readonly services: readonly ServiceStatus[];
  /** Undefined where the stack is not held. */
  readonly held: Held | undefined;
  /** Those that are open, oldest first. */
  readonly incidents: readonly Incident[];
  /** The number of the last transition: what comes after it has not been taken in here. */
  readonly lastSeq: number;
  /** What somebody has changed on the engine behind Pulumi's back; nothing while an `up` is at work. */
  readonly drift: readonly DriftReport[];
  /** What is the matter with what the coordinator keeps on its volume, a sentence each. */
  readonly problems: readonly string[];
}

export interface AttemptReport {
  /** Which instance's, where those of a declared service were validated. */
  readonly service?: string;
  readonly probe: string;
  readonly kind: string;
  readonly status: "passed" | "failed" | "unknown";
  readonly tookMs: number;
  readonly cause: string | undefined;
  readonly measured: { readonly p95Ms: number; readonly samples: number } | undefined;
}

export interface Validation {
  readonly service: string;
  readonly level: string;
  readonly passed: boolean;
  readonly attempts: readonly AttemptReport[];
}

/** The result of each method. */
export interface Results {
  hello: Hello;
  deploy: Done;
  configure: Done;
  forget: Forgotten;
  apply: Done;
  awaitGate: GateVerdict;
  staleness: Staleness;
  validateEdges: EdgesVerdict;
  handleFailure: FailureResponse;
  command: CommandResult;
  hold: Held;
  release: Released;
  events: Followed;
  incidents: IncidentHistory;
  alerts: AlertsAnswer;
  testAlert: SinkTests;
  silence: Silence;
  endSilence: SilenceEnded;
  status: StackStatus;
  validate: Validation;
  history: History;
  report: Reports;
  figures: Figures;
  latencies: Latencies;
}

/** The events of each method. */
export interface Events {
  hello: never;
  deploy: never;
  configure: never;
  forget: never;
  apply: never;
  awaitGate: Progress;
  staleness: never;
  validateEdges: Progress;
  handleFailure: Progress;
  command: CommandProgress;
  hold: never;
  release: never;
  events: Transition | HoldChange;
  incidents: never;
  alerts: never;
  testAlert: never;
  silence: never;
  endSilence: never;
  status: never;
  validate: AttemptReport;
  history: never;
  report: never;
  figures: never;
  latencies: never;
}

/** A line from the coordinator. An error has the id 0 when the request's own could not be read. */
export type Response =
  | { readonly id: number; readonly event: Events[Method] }
  | { readonly id: number; readonly result: Results[Method] }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } };

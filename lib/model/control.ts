/**
 * The control protocol: newline-delimited JSON over the coordinator's Unix socket, reached by the engine's
 * exec. A client sends requests; each is answered by any number of events and then one result or error,
 * all with the request's id. Several requests may be under way on one connection.
 */
import { z } from "zod";
import { durationSchema } from "../core/duration.ts";
import type { ErrorCode } from "../core/errors.ts";
import { endpointSchema } from "./endpoint.ts";
import type { History, Reports } from "./history.ts";
import { mostReports, mostStarts } from "./history.ts";
import { validationLevels } from "./level.ts";
import { dependencyPolicies } from "./needs.ts";
import { readinessSpecSchema } from "./plan.ts";
import { probeSchema } from "./probe.ts";
import type { EdgeStatus, ServiceFailure, ServiceStatus } from "./status.ts";

/** Raised when a client of an older version would misunderstand an answer. */
export const controlProtocol = 2;

/** The longest line either side accepts, in bytes. */
export const maxLineBytes = 4 * 1024 * 1024;

const specHashes = z.record(z.string(), z.string());

/**
 * What is said to be the matter with a service.
 * - `exited`: its container has ended, or should be taken for such
 * - `unhealthy`: it runs and does not work; where all its probes pass after all, nothing is restarted
 */
export const failureTypes = ["exited", "unhealthy"] as const;
export type FailureType = (typeof failureTypes)[number];

/** One edge as it is probed: the dependent's networks on the engine, and how the needed service is reached. */
export const edgeProbesSchema = z.strictObject({
  dependent: z.string(),
  networks: z.array(z.string()).min(1),
  needed: z.string(),
  endpoint: endpointSchema.optional(),
  probes: z.record(z.string(), probeSchema),
});
export type EdgeProbes = z.infer<typeof edgeProbesSchema>;

export const requestSchema = z.discriminatedUnion("method", [
  /** Who is there? Answered with {@link Hello}. */
  z.strictObject({ id: z.int(), method: z.literal("hello") }),
  /**
   * A service's container is there, and this is expected of it: probing begins at once. The same
   * spec hash again changes nothing; another one for the same service replaces it and begins again.
   * Answered with {@link Registered}.
   */
  z.strictObject({
    id: z.int(),
    method: z.literal("expect"),
    service: z.string(),
    phase: z.string(),
    container: z.string(),
    /** Names what an `up` has begun: this container, or a restart of it that an `up` wanted. */
    generation: z.string(),
    /** Counts how often this generation is to be verified: another number verifies it again. Absent for the first time. */
    verification: z.int().min(1).optional(),
    /** Whether the container was there before: it is proven again then, and its budget begins now. */
    again: z.boolean(),
    /** Given when it is to be restarted first, because of a service that it needs: once these services are ready. */
    restartAfter: z.array(z.string()).optional(),
    /** The services that it calls, and what it does when one of them was restarted. */
    needs: z.record(z.string(), z.enum(dependencyPolicies)),
    /** Its place in the order in which services are restarted. */
    startIndex: z.int().min(0),
    spec: readinessSpecSchema,
    /** The passwords that it keeps in its volumes; none unless said. */
    keptPasswords: z.array(z.strictObject({ secret: z.string(), volume: z.string() })).optional(),
    secrets: z.record(z.string(), z.string()),
  }),
  /**
   * Waits until every one of these services is ready, or the phase cannot be proven any more. Sends
   * {@link Progress} events; answered with {@link GateVerdict}. A service that failed before is tried
   * again: its container is started if it has ended, and its budget begins again.
   */
  z.strictObject({ id: z.int(), method: z.literal("prove"), phase: z.string(), services: specHashes }),
  /** These services are in the declaration no more. Answered with {@link Forgotten}. */
  z.strictObject({ id: z.int(), method: z.literal("forget"), services: z.array(z.string()) }),
  /** Whether the services of these spec hashes are ready, now. Answered with {@link Staleness}. */
  z.strictObject({ id: z.int(), method: z.literal("staleness"), services: specHashes }),
  /**
   * Runs probes of services in the places of those that need them: on their networks, with their names. Sends
   * {@link Progress} events; answered with {@link EdgesVerdict} once all have passed or the budget is used.
   */
  z.strictObject({
    id: z.int(),
    method: z.literal("validateEdges"),
    phase: z.string(),
    budget: durationSchema,
    edges: z.array(edgeProbesSchema),
    secrets: z.record(z.string(), z.string()),
  }),
  /**
   * Restarts a failed service, and when it is ready its transitive dependents, in order, each by its edge's policy
   * and each proven before the next. Sends {@link Progress} events; answered with {@link FailureResponse}.
   */
  z.strictObject({
    id: z.int(),
    method: z.literal("handleFailure"),
    service: z.string(),
    failure: z.enum(failureTypes),
  }),
  /** Every service's state and timeline. Answered with {@link StackStatus}. */
  z.strictObject({ id: z.int(), method: z.literal("status") }),
  /**
   * Runs one attempt of each probe that `level` enables (default: the environment's own), now. Sends
   * {@link AttemptReport} events; answered with {@link Validation}.
   */
  z.strictObject({
    id: z.int(),
    method: z.literal("validate"),
    service: z.string(),
    level: z.enum(validationLevels).optional(),
  }),
  /** The last starts of a service, or of all, the newest first. Answered with {@link History}. */
  z.strictObject({
    id: z.int(),
    method: z.literal("history"),
    service: z.string().optional(),
    last: z.int().min(1).max(mostStarts),
  }),
  /** The last gates that did not open, of a phase or of all, the newest first. Answered with {@link Reports}. */
  z.strictObject({
    id: z.int(),
    method: z.literal("report"),
    phase: z.string().optional(),
    last: z.int().min(1).max(mostReports),
  }),
]);
export type Request = z.infer<typeof requestSchema>;
export type Method = Request["method"];
type ParamsOf<R> = R extends Request ? Omit<R, "id" | "method"> : never;
export type Params<M extends Method> = ParamsOf<Extract<Request, { method: M }>>;

export interface Hello {
  readonly protocol: number;
  /** When the coordinator's process began, milliseconds since the epoch. */
  readonly startedMs: number;
}

/** The spec hash: a hash of the container, its generation and its readiness spec, never of a secret. */
export interface Registered {
  readonly specHash: string;
}

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
   * - `unknown`: the coordinator does not know this spec hash, or cannot say
   * - `forgotten`: the coordinator has been started again, and knows no service at all
   * - `ended`: it has ended since it was ready
   * - `restarted`: it was started again since it was ready, and runs
   * - `gone`: its container was removed
   * - `unproven`: it is not ready
   */
  readonly kind: "unknown" | "forgotten" | "ended" | "restarted" | "gone" | "unproven";
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

export interface StackStatus {
  readonly startedMs: number;
  readonly services: readonly ServiceStatus[];
  /** Why the history is not being written, in words; undefined when it is. */
  readonly historyProblem: string | undefined;
}

export interface AttemptReport {
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

export interface Results {
  hello: Hello;
  expect: Registered;
  forget: Forgotten;
  prove: GateVerdict;
  staleness: Staleness;
  validateEdges: EdgesVerdict;
  handleFailure: FailureResponse;
  status: StackStatus;
  validate: Validation;
  history: History;
  report: Reports;
}

export interface Events {
  hello: never;
  expect: never;
  forget: never;
  prove: Progress;
  staleness: never;
  validateEdges: Progress;
  handleFailure: Progress;
  status: never;
  validate: AttemptReport;
  history: never;
  report: never;
}

/** A line from the coordinator. An error has the id 0 when the request's own could not be read. */
export type Response =
  | { readonly id: number; readonly event: Progress | AttemptReport }
  | { readonly id: number; readonly result: Results[Method] }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly message: string } };

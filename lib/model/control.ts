/**
 * The control protocol: newline-delimited JSON over the coordinator's Unix socket, reached by the engine's
 * exec. A client sends requests; each is answered by any number of events and then one result or error,
 * all with the request's id (control-answers.ts). Several requests may be under way on one connection.
 */
import { z } from "zod";
import { durationSchema } from "../core/duration.ts";
import { longestSilenceMs, mostAlerts } from "./alert.ts";
import { limitsPlanSchema } from "./container/resources.ts";
import { endpointSchema } from "./endpoint.ts";
import { jobTimesPlan } from "./job.ts";
import { mostReports, mostStarts } from "./history.ts";
import { validationLevels } from "./level.ts";
import { dependencyPolicies } from "./needs.ts";
import { readinessSpecSchema } from "./plan.ts";
import { probeSchema } from "./probe.ts";
import { supervisionSchema } from "./supervision.ts";
import { telemetrySchema } from "./telemetry.ts";
import { mostIncidents, mostTransitions } from "./transition.ts";

/** Raised when a client of an older version would misunderstand an answer. */
export const controlProtocol = 3;

/** The longest line either side accepts, in bytes. */
export const maxLineBytes = 4 * 1024 * 1024;

/** What an `up` wants of services: the generation, the verification and the readiness spec of each. */
const wantedServices = z.record(
  z.string(),
  z.strictObject({ generation: z.string(), verification: z.int().min(1), specHash: z.string() }),
);

/**
 * What is said to be the matter with a service.
 * - `exited`: its container has ended, or should be taken for such
 * - `unhealthy`: it runs and does not work; where all its probes pass after all, nothing is restarted
 */
export const failureTypes = ["exited", "unhealthy"] as const;
export type FailureType = (typeof failureTypes)[number];

/** `run` is of one job: once more, as it is. */
export const commandActions = ["start", "stop", "restart", "run"] as const;
export type CommandAction = (typeof commandActions)[number];

/** The longest time for which a stack is left alone: a day. */
export const longestHoldMs = 24 * 60 * 60_000;

/** The longest text that says why. */
export const longestReason = 200;

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
   * An `up` is at work on this connection, until it ends: what it replaces is no failure, and what depends on that is left to
   * it. Answered at once.
   */
  z.strictObject({ id: z.int(), method: z.literal("deploy") }),
  /** Who is alerted, what is offered to Prometheus and where traces go, in place of what was said before. Answered at once. */
  z.strictObject({
    id: z.int(),
    method: z.literal("configure"),
    telemetry: telemetrySchema,
    secrets: z.record(z.string(), z.string()),
  }),
  /** These services are in the declaration no more. Answered with {@link Forgotten}. */
  z.strictObject({ id: z.int(), method: z.literal("forget"), services: z.array(z.string()) }),
  /**
   * What an `up` wants of a service whose container is there. Only what has changed is done about it: another container, or a
   * changed readiness spec, or a higher verification, is proven; another generation is a restart. Answered at once.
   */
  z.strictObject({
    id: z.int(),
    method: z.literal("apply"),
    service: z.string(),
    phase: z.string(),
    /** The phases that its phase depends on. */
    after: z.array(z.string()),
    container: z.string(),
    /** Names what the `up` wants to run: this container, or a restart of it. */
    generation: z.string(),
    /** Counts the proofs that were asked for: a higher number proves again. */
    verification: z.int().min(1),
    /** Whether the container was there before: its budget begins now then. */
    again: z.boolean(),
    /** The services because of which it is to be restarted, once they are ready; empty where it is not. */
    restartFor: z.array(z.string()),
    /** Whether a container that has never run is started by the coordinator, when what it needs is ready. */
    waitsForNeeds: z.boolean().optional(),
    /** The services that it calls, and what it does when one of them runs again. */
    needs: z.record(z.string(), z.enum(dependencyPolicies)),
    /** Its place in the order of the start. */
    startIndex: z.int().min(0),
    /** The declared service that it is an instance of. */
    replicaOf: z.string().optional(),
    readiness: readinessSpecSchema,
    supervision: supervisionSchema,
    ...jobTimesPlan,
    /** The container's limits that can change while it runs, as they are now. */
    limits: limitsPlanSchema.optional(),
    /** The passwords that it keeps in its volumes. */
    keptPasswords: z.array(z.strictObject({ secret: z.string(), volume: z.string() })),
    secrets: z.record(z.string(), z.string()),
  }),
  /**
   * Waits until every one of these services is ready as it was applied, or the phase cannot be opened any more. Sends
   * {@link Progress} events; answered with {@link GateVerdict}. A service whose failure has been answered before is tried again,
   * unless this is the same wait on another connection.
   */
  z.strictObject({
    id: z.int(),
    method: z.literal("awaitGate"),
    phase: z.string(),
    services: wantedServices,
    /** Whether this goes on with a wait whose connection was lost. */
    resumed: z.boolean().optional(),
  }),
  /** Whether these services are ready as they were applied, now. Answered with {@link Staleness}. */
  z.strictObject({ id: z.int(), method: z.literal("staleness"), services: wantedServices }),
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
  /**
   * Starts, stops or restarts services, or all of them where none is named, in order, and waits for what follows from it in others.
   * When the client goes, what has begun goes on and nothing else is begun. Sends {@link CommandProgress} events; answered with
   * {@link CommandResult}.
   */
  z.strictObject({
    id: z.int(),
    method: z.literal("command"),
    action: z.enum(commandActions),
    services: z.array(z.string()),
  }),
  /**
   * Leaves the stack alone for so many milliseconds from now, whatever was said before: what fails is noticed, and not restarted.
   * Answered with {@link Held}.
   */
  z.strictObject({
    id: z.int(),
    method: z.literal("hold"),
    forMs: z.int().min(1000).max(longestHoldMs),
    /** Why, for others who look at the stack. */
    why: z.string().min(1).max(longestReason).optional(),
  }),
  /** Ends a hold: what waited for it is done. Answered with {@link Released}. */
  z.strictObject({ id: z.int(), method: z.literal("release") }),
  /**
   * Transitions, oldest first, as {@link Transition} events; where it follows, each further one as it comes, and
   * {@link HoldChange} events. Answered with {@link Followed} where it does not follow.
   */
  z.strictObject({
    id: z.int(),
    method: z.literal("events"),
    /** All after this number. Without it, the last ones. */
    after: z.int().min(0).optional(),
    /** So many of the last ones, at most; where `after` is given, it says nothing. */
    last: z.int().min(0).max(mostTransitions),
    service: z.string().optional(),
    follow: z.boolean(),
  }),
  /** The last incidents, of a service or of all, the newest first. Answered with {@link IncidentHistory}. */
  z.strictObject({
    id: z.int(),
    method: z.literal("incidents"),
    service: z.string().optional(),
    last: z.int().min(1).max(mostIncidents),
  }),
  /** The alerts that are open, and the last that are over. Answered with {@link AlertsAnswer}. */
  z.strictObject({ id: z.int(), method: z.literal("alerts"), last: z.int().min(0).max(mostAlerts) }),
  /** Sends a test to a sink, or to all of them, now. Answered with {@link SinkTests}. */
  z.strictObject({ id: z.int(), method: z.literal("testAlert"), sink: z.string().optional() }),
  /** Sends none of a service's alerts for so many milliseconds from now. Answered with {@link Silence}. */
  z.strictObject({
    id: z.int(),
    method: z.literal("silence"),
    service: z.string(),
    forMs: z.int().min(1000).max(longestSilenceMs),
    why: z.string().min(1).max(longestReason),
  }),
  /** Ends a silence. Answered with {@link SilenceEnded}. */
  z.strictObject({ id: z.int(), method: z.literal("endSilence"), service: z.string() }),
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
  /** The success figures of the time since then. Answered with {@link Figures}. */
  z.strictObject({ id: z.int(), method: z.literal("figures"), sinceMs: z.int().min(0) }),
  /** How long the attempts of a service's probes, or of all, have taken since then. Answered with {@link Latencies}. */
  z.strictObject({
    id: z.int(),
    method: z.literal("latencies"),
    service: z.string().optional(),
    sinceMs: z.int().min(0),
    /** Whether each attempt of the last day is wanted, too. */
    attempts: z.boolean(),
  }),
]);
export type Request = z.infer<typeof requestSchema>;
export type Method = Request["method"];
type ParamsOf<R> = R extends Request ? Omit<R, "id" | "method"> : never;
export type Params<M extends Method> = ParamsOf<Extract<Request, { method: M }>>;

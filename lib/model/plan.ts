import { z } from "zod";
import { durationSchema } from "../core/duration.ts";
import { alertingPlanSchema } from "./alerting.ts";
import { plannedDockerfile } from "./container/dockerfile.ts";
import { plannedPassThrough } from "./container/environment.ts";
import { plannedMounts } from "./container/mounts.ts";
import { plannedPorts } from "./container/ports.ts";
import { containerPlanSchemas } from "./container/options.ts";
import { environments } from "./environment.ts";
import { endpointSchema } from "./endpoint.ts";
import { jobTimesPlan, runsAtUp } from "./job.ts";
import { validationLevels } from "./level.ts";
import { dependencyPolicies } from "./needs.ts";
import { probeSchema } from "./probe.ts";
import { registriesPlanSchema } from "./registries.ts";
import { serviceKinds } from "./service.ts";
import { supervisionSchema } from "./supervision.ts";
import { metricsPlanSchema, tracingPlanSchema } from "./telemetry.ts";
import { textSchema } from "./text.ts";

/** What a gate asks of one service, and what is done when the service fails. */
export const readinessSpecSchema = z.strictObject({
  validation: z.string(),
  level: z.enum(validationLevels),
  /** The time from the container's start within which the service must be ready: its or its phase's timeout times the environment's multiplier. */
  budget: durationSchema,
  /** How many times in a row each probe must pass. */
  successThreshold: z.int().min(1).max(100),
  /** How many times in a row a probe that passes must fail to count as failing. */
  failureThreshold: z.int().min(1).max(100),
  /** For how long, without interruption, all of them must pass before the service counts as ready. Absent: it does at once. */
  minReady: durationSchema.optional(),
  /** Whether a cause that waiting will not heal ends the verification at once. */
  failFast: z.boolean(),
  /** How attempts are spaced while the service is starting. */
  cadence: z.strictObject({
    initial: durationSchema,
    steady: durationSchema.optional(),
    max: durationSchema,
    multiplier: z.number().min(1),
    jitter: z.number().min(0).max(1),
  }),
  /** What happens when the container exits before the service is ready. */
  restarts: z.strictObject({
    maxRetries: z.int().min(0).max(100),
    backoff: z.strictObject({ initial: durationSchema, multiplier: z.number().min(1), max: durationSchema }),
  }),
  /** The time between SIGTERM and SIGKILL. */
  grace: durationSchema,
  endpoint: endpointSchema.optional(),
  /** Whether the container is meant to run to its end. */
  job: z.boolean(),
  /** Present where it is no container: nothing starts, stops or restarts it. */
  external: z.literal(true).optional(),
  /** All probes of the validation; `level` says from which validation level on each is enabled. */
  probes: z.record(z.string(), probeSchema),
});
export type ReadinessSpec = z.infer<typeof readinessSpecSchema>;

const healthcheckSchema = z.strictObject({
  command: z.array(z.string()).min(1),
  interval: durationSchema,
  timeout: durationSchema,
  retries: z.int().min(1).max(100),
  startPeriod: durationSchema,
});

/** What the plan says first, and last, of every service. */
const head = {
  kind: z.enum(serviceKinds),
  phase: z.string(),
  /** Which instance of which declared service it is; absent where that is one service. */
  replica: z.strictObject({ of: z.string(), index: z.int().min(1) }).optional(),
};
const tail = {
  readiness: readinessSpecSchema,
  /** How it is watched once it is ready. */
  supervision: supervisionSchema,
};
const needs = z.record(z.string(), z.enum(dependencyPolicies));

const containerPlanSchema = z.strictObject({
  ...head,
  image: z.union([
    z.strictObject({ reference: z.string() }),
    z.strictObject({ bundle: z.string() }),
    plannedDockerfile,
  ]),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  env: z.record(z.string(), textSchema),
  ...plannedPassThrough,
  files: z.record(z.string(), textSchema),
  /** Volume names, without the stack's prefix, and where they are mounted. */
  volumes: z.record(z.string(), z.string()),
  published: z.strictObject({ ip: z.string(), port: z.int(), containerPort: z.int() }).optional(),
  ...plannedPorts,
  /** Whether the engine's init process is process 1 of the container. */
  init: z.boolean(),
  /** The stack's networks that it is on. */
  networks: z.array(z.string()).min(1),
  /** Networks that others have made, by their names on the engine. */
  externalNetworks: z.array(z.string()).optional(),
  ...plannedMounts,
  /** The services that it calls, and what it does when one of them was replaced or restarted. */
  needs,
  healthcheck: healthcheckSchema.optional(),
  ...containerPlanSchemas,
  ...tail,
  ...jobTimesPlan,
});
export type ContainerPlan = z.infer<typeof containerPlanSchema> & { readonly external?: never };

/** A service that is no container. Its account stands in its readiness's endpoint. */
const externalPlanSchema = z.strictObject({
  ...head,
  external: z.strictObject({ host: z.string(), port: z.int() }),
  /** None. */
  needs,
  ...tail,
});

/** Whatever a container has, it has not. */
type Absent<T> = { readonly [K in keyof T]?: never };
export type ExternalPlan = z.infer<typeof externalPlanSchema> &
  Absent<Omit<z.infer<typeof containerPlanSchema>, keyof typeof externalPlanSchema.shape>>;

/** A service is a container, or `external`: which, that key says. */
export type ServicePlan = ContainerPlan | ExternalPlan;
export const servicePlanSchema: z.ZodType<ServicePlan> = z.union([containerPlanSchema, externalPlanSchema]);

/** One service calls another, which an earlier phase has proven. */
export const edgeSchema = z.strictObject({
  dependent: z.string(),
  needed: z.string(),
  /** Which of the needed service's probes are run from the dependent's place. */
  probes: z.array(z.string()).min(1),
});
export type Edge = z.infer<typeof edgeSchema>;

export const phasePlanSchema = z.strictObject({
  title: z.string(),
  services: z.array(z.string()).min(1),
  dependsOn: z.array(z.string()),
  validation: z.string(),
  timeout: durationSchema,
  budget: durationSchema,
  /** The edges that are proven from the dependents' side before the phase's containers are created: see lib/model/edges.ts. */
  edges: z.array(edgeSchema),
  edgeBudget: durationSchema,
});
export type PhasePlan = z.infer<typeof phasePlanSchema>;

/**
 * A declaration resolved for one environment: plain JSON, nothing implicit, secrets by name only.
 * Everything downstream reads the plan and nothing else.
 */
export const planSchema = z.strictObject({
  version: z.literal(2),
  name: z.string(),
  stack: z.string(),
  environment: z.enum(environments),
  startupTimeoutMultiplier: z.number(),
  healthCheckInterval: durationSchema,
  validationLevel: z.enum(validationLevels),
  /** The stack's networks. */
  networks: z.array(z.string()),
  /** In an order in which every phase comes after those it depends on. */
  phases: z.record(z.string(), phasePlanSchema),
  services: z.record(z.string(), servicePlanSchema),
  /** Absent where nobody is alerted, nothing is offered to Prometheus, and no trace is sent. */
  alerting: alertingPlanSchema.optional(),
  metrics: metricsPlanSchema.optional(),
  tracing: tracingPlanSchema.optional(),
  /** The accounts of registries, by their names. */
  registries: registriesPlanSchema.optional(),
  /** The secrets that must have a value, and whether one is made up where the stack's config sets none. */
  secrets: z.record(z.string(), z.strictObject({ generate: z.boolean() })),
});
export type LifecyclePlan = z.infer<typeof planSchema>;

/** The services that are containers, by name. */
export function containersOf({ services }: Pick<LifecyclePlan, "services">): Record<string, ContainerPlan> {
  return Object.fromEntries(
    Object.entries(services).flatMap(([name, service]) => (service.external ? [] : [[name, service]])),
  );
}

/** Whether an `up` starts it, so that its start takes time: nobody here starts what is external, and a schedule runs what it runs. */
export function isStartedByUp(service: ServicePlan | undefined): boolean {
  return service !== undefined && !service.external && runsAtUp(service);
}

/** A network's name on the engine. The one that services are on unless they say otherwise has the stack's own. */
export function networkName(plan: Pick<LifecyclePlan, "name" | "stack">, network: string): string {
  return engineName(plan, network === "default" ? undefined : network);
}

/** The name of a stack's containers and volumes on the engine: `netra-dev-postgres`. */
export function engineName(plan: Pick<LifecyclePlan, "name" | "stack">, part?: string): string {
  return part === undefined ? `${plan.name}-${plan.stack}` : `${plan.name}-${plan.stack}-${part}`;
}

import { z } from "zod";
import { durationSchema } from "../core/duration.ts";
import { environments } from "./declaration.ts";
import { endpointSchema } from "./endpoint.ts";
import { validationLevels } from "./level.ts";
import { probeSchema } from "./probe.ts";
import { textSchema } from "./text.ts";

/** What a gate asks of one service, and what is done when the service fails. */
export const expectationSchema = z.strictObject({
  validation: z.string(),
  level: z.enum(validationLevels),
  /** The time from the container's start within which the service must be ready: the phase's timeout times the environment's multiplier. */
  budget: durationSchema,
  /** How many times in a row each probe must pass. */
  successThreshold: z.int().min(1).max(100),
  /** How attempts are spaced while the service is starting. */
  cadence: z.strictObject({
    initial: durationSchema,
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
  /** All probes of the validation; `level` says from which environment on each is asked. */
  probes: z.record(z.string(), probeSchema),
});
export type Expectation = z.infer<typeof expectationSchema>;

const healthcheckSchema = z.strictObject({
  command: z.array(z.string()).min(1),
  interval: durationSchema,
  timeout: durationSchema,
  retries: z.int().min(1).max(100),
  startPeriod: durationSchema,
});

export const servicePlanSchema = z.strictObject({
  kind: z.enum(["postgres", "redis", "clickhouse", "http", "container", "job"]),
  phase: z.string(),
  image: z.union([z.strictObject({ reference: z.string() }), z.strictObject({ bundle: z.string() })]),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  env: z.record(z.string(), textSchema),
  files: z.record(z.string(), textSchema),
  /** Volume names, without the stack's prefix, and where they are mounted. */
  volumes: z.record(z.string(), z.string()),
  published: z.strictObject({ ip: z.string(), port: z.int(), containerPort: z.int() }).optional(),
  needs: z.array(z.string()),
  onDependencyChange: z.enum(["restart", "revalidate", "ignore"]),
  healthcheck: healthcheckSchema.optional(),
  expectation: expectationSchema,
});
export type ServicePlan = z.infer<typeof servicePlanSchema>;

export const phasePlanSchema = z.strictObject({
  title: z.string(),
  services: z.array(z.string()).min(1),
  dependsOn: z.array(z.string()),
  validation: z.string(),
  timeout: durationSchema,
  budget: durationSchema,
});
export type PhasePlan = z.infer<typeof phasePlanSchema>;

/**
 * A declaration resolved for one environment: plain JSON, nothing implicit, secrets by name only.
 * Everything downstream reads the plan and nothing else.
 */
export const planSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  stack: z.string(),
  environment: z.enum(environments),
  startupTimeoutMultiplier: z.number(),
  healthCheckInterval: durationSchema,
  validationLevel: z.enum(validationLevels),
  /** In an order in which every phase comes after those it depends on. */
  phases: z.record(z.string(), phasePlanSchema),
  services: z.record(z.string(), servicePlanSchema),
  /** The names of the secrets that must have a value. */
  secrets: z.array(z.string()),
});
export type LifecyclePlan = z.infer<typeof planSchema>;

/** The name of a stack's containers and volumes on the engine: `netra-dev-postgres`. */
export function engineName(plan: Pick<LifecyclePlan, "name" | "stack">, part?: string): string {
  return part === undefined ? `${plan.name}-${plan.stack}` : `${plan.name}-${plan.stack}-${part}`;
}

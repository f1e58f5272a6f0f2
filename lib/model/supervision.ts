import { z } from "zod";
import type { Duration } from "../core/duration.ts";
import { durationSchema } from "../core/duration.ts";

/**
 * At most so many restarts of a service that fails within such a time; past it the coordinator gives up, as OTP's supervisors do
 * (https://www.erlang.org/doc/system/sup_princ.html#maximum-restart-intensity).
 */
export interface RestartIntensity {
  /** 0: a service that fails is never restarted. */
  readonly restarts: number;
  readonly within: Duration;
}

/**
 * When a service that answers counts as slow: the 95th percentile of a probe's latencies in the window is more than `factor` times
 * that of the baseline before it. It is degraded then, and not restarted.
 */
export interface SlowBound {
  /** The last so much time is judged. It must hold 20 attempts. */
  readonly window: Duration;
  /** Against the rest of the last so much time, which must hold 60. */
  readonly baseline: Duration;
  /** Above 1. */
  readonly factor: number;
}

/** How a service is watched once it is ready. What a service leaves out its stack says, and what both leave out is the default. */
export interface Supervision {
  /** The time between two attempts of a probe that passes, from "1s". Default: the environment's `healthCheckInterval`. */
  readonly interval?: Duration;
  /** How many failures in a row of a probe count. Default 3. The threshold of the start is the service's own `failureThreshold`. */
  readonly failureThreshold?: number;
  /** How many passes in a row end a failure. Default 1. */
  readonly successThreshold?: number;
  /** How often it may be restarted because it failed. Default `{ restarts: 5, within: "10m" }`. */
  readonly intensity?: RestartIntensity;
  /** When it counts as slow. Default `false`: never. */
  readonly slow?: SlowBound | false;
}

/** What a job may say of it: its probes are over when it has ended. */
export type JobSupervision = Pick<Supervision, "intensity">;

/** How a service is watched, in a plan. */
export const supervisionSchema = z.strictObject({
  interval: durationSchema,
  failureThreshold: z.int().min(1).max(100),
  successThreshold: z.int().min(1).max(100),
  intensity: z.strictObject({ restarts: z.int().min(0).max(1000), within: durationSchema }),
  /** Absent: never. */
  slow: z
    .strictObject({ window: durationSchema, baseline: durationSchema, factor: z.number().gt(1).max(1000) })
    .optional(),
});
export type SupervisionSpec = z.infer<typeof supervisionSchema>;

/** What a service is supervised by where neither it nor its stack says anything. `interval` is the environment's. */
export const supervisionDefaults = {
  failureThreshold: 3,
  successThreshold: 1,
  intensity: { restarts: 5, within: "10m" },
} as const;

/** How many attempts the window and the baseline of {@link SlowBound} must have: a percentile of fewer says nothing. */
export const leastAttempts = { window: 20, baseline: 60 } as const;

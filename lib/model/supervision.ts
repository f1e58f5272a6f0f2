import { z } from "zod";
import { durationSchema } from "../core/duration.ts";

/** How a service is watched once it is ready. */
export const supervisionSchema = z.strictObject({
  /** The time between two attempts of a probe that passes: the environment's interval unless declared. */
  interval: durationSchema,
  /** How many failures in a row count. */
  failureThreshold: z.int().min(1).max(100),
  /** How many passes in a row end a failure. */
  successThreshold: z.int().min(1).max(100),
  /** At most so many restarts within such a time; past it the coordinator gives up. As in OTP's supervisors. */
  intensity: z.strictObject({ restarts: z.int().min(0).max(1000), within: durationSchema }),
  /** When a service that answers counts as slow: off unless declared. */
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

import type { z } from "zod";
import { positiveDuration } from "../../core/duration.ts";
import { exactObject, wholeNumber } from "../../core/schema-parts.ts";

/** A bound on speed: the 95th percentile of `samples` measured requests must be under `under`. */
export const latencyBoundSchema = exactObject({
  under: positiveDuration,
  samples: wholeNumber(2, 10_000),
});
export type LatencyBound = z.infer<typeof latencyBoundSchema>;

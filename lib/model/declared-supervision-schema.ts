import { z } from "zod";
import { positiveDuration, secondOrMore } from "../core/duration.ts";
import { exactObject, wholeNumber } from "../core/schema-parts.ts";

const factor = "must be a number above 1 and at most 1000";
const slow = 'must be an object such as { window: "10m", baseline: "24h", factor: 3 }, or false';

const slowBoundSchema = exactObject(
  {
    window: positiveDuration,
    baseline: positiveDuration,
    factor: z.number({ error: factor }).gt(1, { error: factor }).max(1000, { error: factor }),
  },
  slow,
);

const intensitySchema = exactObject(
  { restarts: wholeNumber(0, 1000), within: positiveDuration },
  'must be an object such as { restarts: 5, within: "10m" }',
);

const watching = {
  interval: secondOrMore.optional(),
  failureThreshold: wholeNumber(1, 100).optional(),
  successThreshold: wholeNumber(1, 100).optional(),
  slow: z.union([z.literal(false, { error: slow }), slowBoundSchema], { error: slow }).optional(),
};

/** Accepts how a service is watched, as it is declared. */
export const declaredSupervisionSchema = exactObject({ ...watching, intensity: intensitySchema.optional() });

/** Accepts how a service is watched that is never restarted. */
export const declaredWatchingSchema = exactObject(watching);

/** Accepts what a job may say of it. */
export const declaredJobSupervisionSchema = exactObject({ intensity: intensitySchema.optional() });

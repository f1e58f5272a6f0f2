import { z } from "zod";
import { exactObject, kindError } from "../core/schema-parts.ts";
import type { DeclaredProbe } from "./probe.ts";
import { singleProbeSchemas } from "./probe.ts";
import { commonProbeSchemas } from "./probe-parts/options.ts";
import { sharedKinds } from "./probe-parts/shared-kinds.ts";

/** What every probe may leave out. */
const options = {
  timeout: commonProbeSchemas.timeout.optional(),
  level: commonProbeSchemas.level.optional(),
  mutates: commonProbeSchemas.mutates.optional(),
  whenFailing: commonProbeSchemas.whenFailing,
};

/** What the functions that make probes put here when their options cannot be taken apart: see made.ts. */
const misplaced = {
  options: z
    .custom<never>(() => false, {
      error: "must be an object of options, without what the probe's other arguments say",
    })
    .optional(),
};

const singleSchemas = [...Object.values(sharedKinds).map(({ schema }) => schema), ...singleProbeSchemas];

/** Accepts a probe as it is declared: as in a plan, but for what is left to defaults. */
export const declaredProbeSchema: z.ZodType<DeclaredProbe> = z.lazy(() =>
  z.discriminatedUnion(
    "kind",
    [
      exactObject({
        kind: z.enum(["all", "any"]),
        ...options,
        ...misplaced,
        parts: z.array(declaredProbeSchema).min(1).max(100),
      }),
      exactObject({ kind: z.literal("not"), ...options, ...misplaced, part: declaredProbeSchema }),
      ...singleSchemas.map(({ shape }) => exactObject({ ...shape, ...options, ...misplaced })),
    ],
    { error: kindError('must be a probe such as get("/health")') },
  ),
) as unknown as z.ZodType<DeclaredProbe>;

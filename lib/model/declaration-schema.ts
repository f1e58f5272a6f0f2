/** A stack declaration as people write it, key by key. `test/types/declaration-schema.ts` holds it to the static types. */
import { z } from "zod";
import { durationOrZero, positiveDuration } from "../core/duration.ts";
import { exactObject, namedRecord, nameSchema, wholeNumber } from "../core/schema-parts.ts";
import { environments } from "./environment.ts";
import { declaredAlertingSchema, declaredMetricsSchema } from "./declared-alerting-schema.ts";
import { declaredSupervisionSchema } from "./declared-supervision-schema.ts";
import { declaredServiceSchema } from "./external-schema.ts";
import { dependencyPolicies } from "./needs.ts";
import { declaredRegistries } from "./registries.ts";
import { engineNameSchema, growthSchema } from "./service-schema.ts";

const names = z.array(z.string(), { error: "must be a list of names" });

export const phaseSchema = exactObject({
  title: z.string().min(1),
  services: names.min(1, { error: "a phase needs at least one service" }),
  dependsOn: names.optional(),
  validation: nameSchema,
  timeout: positiveDuration,
  edgeTimeout: positiveDuration.optional(),
});

export const failureHandlingSchema = exactObject({
  maxRetries: wholeNumber(0, 100),
  backoff: exactObject({
    initial: positiveDuration.optional(),
    multiplier: growthSchema,
    max: positiveDuration,
  }),
  onDependencyChange: z.enum(dependencyPolicies).optional(),
  failFast: z.boolean().optional(),
  grace: durationOrZero,
});

export const paritySchema = exactObject({
  allow: z.array(exactObject({ path: z.string(), reason: z.string() })),
});

const needsSchema = z.union([names, z.record(z.string(), z.enum(dependencyPolicies))], {
  error: 'must be a list of names, or an object such as { database: "restart" }',
});

export const declarationSchema = exactObject(
  {
    name: engineNameSchema,
    environments: z.array(z.enum(environments)).min(1),
    services: namedRecord(declaredServiceSchema),
    phases: namedRecord(phaseSchema),
    needs: z.record(z.string(), needsSchema).optional(),
    failureHandling: failureHandlingSchema,
    supervision: declaredSupervisionSchema.optional(),
    alerting: declaredAlertingSchema.optional(),
    metrics: declaredMetricsSchema.optional(),
    registries: declaredRegistries.optional(),
    parity: paritySchema.optional(),
  },
  "must be made by defineStack()",
);

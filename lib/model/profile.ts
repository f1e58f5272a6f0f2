import { z } from "zod";
import { secondOrMore } from "../core/duration.ts";
import { problemsError } from "../core/errors.ts";
import { exactObject } from "../core/schema-parts.ts";
import { check } from "../core/zod-problems.ts";
import { environments } from "./environment.ts";
import { imageReferenceSchema } from "./image-reference.ts";
import { externalHostSchema } from "./external-schema.ts";
import { replicaCountSchema } from "./replica-count.ts";
import { databaseSchema, userSchema } from "./service-schema.ts";
import { validationLevels } from "./level.ts";

// Pulumi hands numbers over as text, and writes them as text when it rewrites a config file.
const numeric = (value: unknown) =>
  typeof value === "string" && /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : value;

const flag = (value: unknown) => (value === "true" ? true : value === "false" ? false : value);

const multiplier = 'must be a number above 0 and at most 100, such as "1.5"';
const otlpEndpoint = 'must be a URL with http or https, such as "http://collector:4318"';
const portBase = "must be a whole number from 1024 to 64535: the first of 1000 ports";

const externalPort = "must be a whole number from 1 to 65535";

/** What of an external service may be another in each environment. */
const externalAddress = {
  host: externalHostSchema.optional(),
  port: z
    .preprocess(
      numeric,
      z.int({ error: externalPort }).min(1, { error: externalPort }).max(65_535, { error: externalPort }),
    )
    .optional(),
  database: databaseSchema.optional(),
  user: userSchema.optional(),
};

/** What an environment says of itself: the keys of `Pulumi.<stack>.yaml`, without the project's prefix. */
export const profileSchema = exactObject({
  /** Which declaration of stacks/ this stack deploys. */
  declaration: z.string({ error: "must be the name of a declaration of stacks/index.ts" }).min(1),
  environment: z.enum(environments),
  /** Every phase's timeout is multiplied by it, once. */
  startupTimeoutMultiplier: z.preprocess(
    numeric,
    z.number({ error: multiplier }).gt(0, { error: multiplier }).max(100, { error: multiplier }),
  ),
  /** How often a service that is ready is probed again. */
  healthCheckInterval: secondOrMore,
  validationLevel: z.enum(validationLevels),
  /** The first of the 1000 loopback ports of this environment. */
  portBase: z.preprocess(
    numeric,
    z.int({ error: portBase }).min(1024, { error: portBase }).max(64_535, { error: portBase }),
  ),
  /** Where traces are sent: the root of an OTLP collector, "http://collector:4318". Empty: nowhere. */
  otlpEndpoint: z
    .string({ error: otlpEndpoint })
    .refine((text) => text === "" || /^https?:\/\/[^\s]+$/.test(text), { error: otlpEndpoint })
    .default(""),
  /** Whether every image reference must name a digest, as in "postgres:17@sha256:…": a tag can come to mean another image. */
  requireDigests: z.preprocess(flag, z.boolean({ error: "must be true or false" })).default(false),
  /** Other image references for single services: `{ postgres: "postgres:16" }`. */
  images: z.record(z.string(), imageReferenceSchema, {
    error: 'must be an object of image references by service, such as { postgres: "postgres:16" }',
  }),
  /** How many instances services have in this environment: `{ api: 3 }`. Default: as declared. */
  replicas: z
    .record(z.string(), z.preprocess(numeric, replicaCountSchema), {
      error: "must be an object of numbers by service, such as { api: 3 }",
    })
    .optional(),
  /** Where external services are in this environment: `{ warehouse: { host: "db.staging.example.com" } }`. Default: as declared. */
  external: z
    .record(
      z.string(),
      exactObject(externalAddress, 'must be an object such as { host: "db.example.com" }'),
      {
        error: 'must be an object by service, such as { warehouse: { host: "db.example.com" } }',
      },
    )
    .optional(),
});

/** An environment's validated config. It holds no secret. */
export type Profile = z.infer<typeof profileSchema>;

/**
 * Validates the raw config of one stack.
 * @param raw the config's keys without the project's prefix
 * @param project the prefix, for the messages. Default "phasegate"
 * @throws PhasegateError PHASEGATE_CONFIG_INVALID with every problem, each with its key
 */
export function parseProfile(stack: string, raw: unknown, project = "phasegate"): Profile {
  const { data, problems } = check(profileSchema, raw);
  if (data !== undefined) return data;
  throw problemsError(
    "PHASEGATE_CONFIG_INVALID",
    `the config of stack ${stack} (Pulumi.${stack}.yaml) has problems`,
    problems.map(({ path, message }) => ({ path: `${project}:${path}`, message })),
  );
}

/** What a service of each kind is made of, as it is declared. `test/types/declaration-schema.ts` holds it to the static types. */
import { z } from "zod";
import { durationOrZero, positiveDuration } from "../core/duration.ts";
import { exactObject, kindError, namedRecord, textThat, wholeNumber } from "../core/schema-parts.ts";
import { dockerfileSchema } from "./container/dockerfile.ts";
import { declaredEnvFile, passThroughSchema } from "./container/environment.ts";
import { declaredMounts, engineObjectNameSchema, mountPathSchema } from "./container/mounts.ts";
import { declaredPorts } from "./container/ports.ts";
import { containerOptionSchemas } from "./container/options.ts";
import { declaredProbeSchema } from "./declared-probe-schema.ts";
import { declaredJobSupervisionSchema, declaredSupervisionSchema } from "./declared-supervision-schema.ts";
import { environments } from "./environment.ts";
import { imageReferenceSchema } from "./image-reference.ts";
import { declaredJobTimes } from "./job.ts";
import { portSchema } from "./probe-parts/network.ts";
import { replicaCountSchema } from "./replica-count.ts";
import { commandSchema, plainTextSchema, secretRefSchema, textPartsSchema } from "./text.ts";
import { kafkaMechanismSchema } from "./endpoint.ts";
import { declaredTlsSchema } from "./tls.ts";

/** Names that become parts of names on the engine: of networks, and of the stack itself. */
export const engineNameSchema = textThat(
  (name) => /^[a-z][a-z0-9-]{0,62}$/.test(name),
  "a name of lower-case letters, digits and dashes that begins with a letter",
);

const absolutePath = /^\/[^\0]*$/;

const filePathSchema = z.string().refine((path) => absolutePath.test(path) && !path.endsWith("/"), {
  error: 'the path of a file must be absolute, such as "/run/secrets/token"',
});

const volumeNameSchema = z.string().regex(/^[\w.-]+$/, {
  error: "a volume's name is made of letters, digits, dots, dashes and underscores",
});

const variableSchema = z.string().refine((name) => name !== "" && !/[=\0]/.test(name), {
  error: 'a variable\'s name is not empty and has no "="',
});

const imageSchema = z.union(
  [imageReferenceSchema, exactObject({ bundle: z.string().min(1) }), dockerfileSchema],
  {
    error:
      'must be an image reference such as "redis:7", bundle("services/api/main.ts") or dockerfile("services/api")',
  },
);

export const urlOfSchema = exactObject({
  urlOf: z.string(),
  port: z.string().optional(),
  scheme: textThat(
    (text) => /^[a-z][a-z0-9+.-]*$/.test(text),
    'the scheme of a URL such as "postgresql"',
  ).optional(),
  path: textThat((text) => text.startsWith("/"), 'a path such as "/app?sslmode=disable"', {
    quoted: false,
  }).optional(),
});

const healthcheckSchema = exactObject(
  {
    command: commandSchema,
    interval: positiveDuration.optional(),
    timeout: positiveDuration.optional(),
    retries: wholeNumber(1, 100).optional(),
    startPeriod: durationOrZero.optional(),
  },
  'must be an object such as { command: ["CMD", "pg_isready"], interval: "2s" }',
);

const jitterSchema = z
  .number({ error: "must be a share from 0 to 1" })
  .min(0, { error: "must be a share from 0 to 1" })
  .max(1, { error: "must be a share from 0 to 1" });

/** By how much waits grow. */
export const growthSchema = z
  .number({ error: "must be a number from 1 to 100" })
  .min(1, { error: "must be a number from 1 to 100" })
  .max(100, { error: "must be a number from 1 to 100" });

/** What a service of every kind may say. */
const common = {
  ...containerOptionSchemas,
  image: imageSchema,
  entrypoint: commandSchema.optional(),
  command: commandSchema.optional(),
  files: z
    .record(filePathSchema, textPartsSchema, { error: "must be an object of lists by path" })
    .optional(),
  volumes: z
    .record(volumeNameSchema, mountPathSchema, { error: "must be an object of paths by name" })
    .optional(),
  grace: durationOrZero.optional(),
  successThreshold: wholeNumber(1, 100).optional(),
  failureThreshold: wholeNumber(1, 100).optional(),
  cadence: exactObject({
    initial: positiveDuration.optional(),
    steady: durationOrZero.optional(),
    max: positiveDuration.optional(),
    multiplier: growthSchema.optional(),
    jitter: jitterSchema.optional(),
  }).optional(),
  timeout: positiveDuration.optional(),
  failFast: z.boolean().optional(),
  init: z.boolean().optional(),
  networks: z.array(engineNameSchema).min(1).optional(),
  externalNetworks: z.array(engineObjectNameSchema).optional(),
  ...declaredEnvFile,
  ...declaredMounts,
  in: z.array(z.enum(environments)).min(1).optional(),
};

const job = { ...common, ...declaredJobTimes, supervision: declaredJobSupervisionSchema.optional() };

const server = {
  ...common,
  minReady: durationOrZero.optional(),
  publish: wholeNumber(0, 999).optional(),
  ...declaredPorts,
  healthcheck: healthcheckSchema.optional(),
  supervision: declaredSupervisionSchema.optional(),
};

const replicated = { ...server, replicas: replicaCountSchema.optional() };

const env = <V extends z.ZodType>(value: V) =>
  z.record(variableSchema, value, { error: "must be an object of texts and secrets" }).optional();
const serverEnv = env(
  z.union([plainTextSchema, secretRefSchema, passThroughSchema], {
    error: 'must be a text, secret("name") or passThrough("VARIABLE")',
  }),
);
const callerEnv = env(
  z.union([plainTextSchema, secretRefSchema, urlOfSchema, passThroughSchema], {
    error: 'must be a text, secret("name"), urlOf("service") or passThrough("VARIABLE")',
  }),
);

const validationsSchema = namedRecord(namedRecord(declaredProbeSchema));

export const databaseSchema = textThat(
  (name) => /^[^/?#\s\0]+$/.test(name),
  'the name of a database such as "app"',
  { quoted: false },
);
export const userSchema = textThat((name) => /^[^\s\0]+$/.test(name), 'the name of a user such as "app"', {
  quoted: false,
});

const account = {
  env: serverEnv,
  database: databaseSchema,
  user: userSchema.optional(),
  password: secretRefSchema,
};

/** Each kind of service by itself. */
export const serviceSchemas = {
  postgres: exactObject({
    kind: z.literal("postgres"),
    ...server,
    tls: declaredTlsSchema.optional(),
    ...account,
    validations: validationsSchema,
  }),
  mysql: exactObject({
    kind: z.literal("mysql"),
    ...server,
    tls: declaredTlsSchema.optional(),
    ...account,
    rootPassword: secretRefSchema.optional(),
    validations: validationsSchema,
  }),
  clickhouse: exactObject({
    kind: z.literal("clickhouse"),
    ...server,
    tls: declaredTlsSchema.optional(),
    ...account,
    validations: validationsSchema,
  }),
  rabbitmq: exactObject({
    kind: z.literal("rabbitmq"),
    ...server,
    tls: declaredTlsSchema.optional(),
    env: serverEnv,
    user: account.user,
    password: secretRefSchema,
    vhost: textThat((name) => /^[^\s\0]{1,255}$/.test(name), 'the name of a virtual host such as "orders"', {
      quoted: false,
    }).optional(),
    validations: validationsSchema,
  }),
  kafka: exactObject({
    kind: z.literal("kafka"),
    ...server,
    tls: declaredTlsSchema.optional(),
    env: serverEnv,
    user: userSchema.optional(),
    password: secretRefSchema.optional(),
    mechanism: kafkaMechanismSchema.optional(),
    validations: validationsSchema,
  }),
  mongodb: exactObject({
    kind: z.literal("mongodb"),
    ...server,
    tls: declaredTlsSchema.optional(),
    ...account,
    password: secretRefSchema.optional(),
    validations: validationsSchema,
  }),
  redis: exactObject({
    kind: z.literal("redis"),
    ...server,
    tls: declaredTlsSchema.optional(),
    env: serverEnv,
    password: secretRefSchema.optional(),
    maxMemory: textThat(
      (text) => /^\d+(kb|mb|gb)$/.test(text),
      'an amount of memory such as "64mb"',
    ).optional(),
    validations: validationsSchema,
  }),
  http: exactObject({
    kind: z.literal("http"),
    ...replicated,
    port: portSchema,
    tls: declaredTlsSchema.optional(),
    env: callerEnv,
    validations: validationsSchema,
  }),
  container: exactObject({
    kind: z.literal("container"),
    ...replicated,
    port: portSchema.optional(),
    env: callerEnv,
    validations: validationsSchema,
  }),
  job: exactObject({
    kind: z.literal("job"),
    ...job,
    env: callerEnv,
    validations: validationsSchema.optional(),
  }),
};

/** Accepts a service as it is declared. */
export const serviceSchema = z.discriminatedUnion(
  "kind",
  [
    serviceSchemas.postgres,
    serviceSchemas.mysql,
    serviceSchemas.mongodb,
    serviceSchemas.redis,
    serviceSchemas.clickhouse,
    serviceSchemas.rabbitmq,
    serviceSchemas.kafka,
    serviceSchemas.http,
    serviceSchemas.container,
    serviceSchemas.job,
  ],
  {
    error: kindError(
      "must be made by postgres(), mysql(), mongodb(), redis(), clickhouse(), rabbitmq(), kafka(), httpService(), service() or job()",
    ),
  },
);

/**
 * Holds the schema of a declaration to its static types: what the one knows, the other knows. Compiled by `npm test`;
 * a key that only one of them has is an error here.
 */
import type { z } from "zod";
import type { DockerfileImage, dockerfileSchema } from "../../lib/model/container/dockerfile.ts";
import type { PassThrough, passThroughSchema } from "../../lib/model/container/environment.ts";
import type {
  declaredMountSchemas,
  ExternalVolumeMount,
  FileMount,
  HostFileMount,
  HostFolderMount,
  TmpfsMount,
  VolumeMount,
} from "../../lib/model/container/mounts.ts";
import type { HostAddress, ServicePort, servicePortSchema } from "../../lib/model/container/ports.ts";
import type {
  declarationSchema,
  failureHandlingSchema,
  paritySchema,
  phaseSchema,
} from "../../lib/model/declaration-schema.ts";
import type {
  Allowance,
  FailureHandling,
  Parity,
  Phase,
  StackDeclaration,
} from "../../lib/model/declaration.ts";
import type {
  declaredJobSupervisionSchema,
  declaredSupervisionSchema,
} from "../../lib/model/declared-supervision-schema.ts";
import type { ContainerOptions, containerOptionSchemas } from "../../lib/model/container/options.ts";
import type { declaredResourcesSchema, Resources } from "../../lib/model/container/resources.ts";
import type {
  external,
  ExternalDatabaseOptions,
  ExternalHttpOptions,
  ExternalKafkaOptions,
  ExternalMongodbOptions,
  ExternalRabbitmqOptions,
  ExternalRedisOptions,
  ExternalServerOptions,
} from "../../lib/model/external.ts";
import type { externalSchemas } from "../../lib/model/external-schema.ts";
import type { ProbeOptions, commonProbeSchemas } from "../../lib/model/probe-parts/options.ts";
import type { serviceSchemas, urlOfSchema } from "../../lib/model/service-schema.ts";
import type {
  Cadence,
  DatabaseOptions,
  EngineHealthcheck,
  HttpServiceOptions,
  JobOptions,
  MysqlOptions,
  OtherServiceOptions,
  RabbitmqOptions,
  KafkaOptions,
  MongodbOptions,
  RedisOptions,
  Service,
  ServiceKind,
  TlsOptions,
  UrlOf,
} from "../../lib/model/service.ts";
import type {
  JobSupervision,
  RestartIntensity,
  SlowBound,
  Supervision,
  SupervisionSpec,
} from "../../lib/model/supervision.ts";
import type { SecretRef, secretRefSchema } from "../../lib/model/text.ts";

/** What a schema takes. */
type Taken<S extends z.ZodType> = z.input<S>;
type Required<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

/** True where two types have the same keys, and the same of them may be left out. */
type SameKeys<A, B> = [keyof A, keyof B, Required<A>, Required<B>] extends [
  keyof B,
  keyof A,
  Required<B>,
  Required<A>,
]
  ? true
  : { readonly onlyInFirst: Exclude<keyof A, keyof B>; readonly onlyInSecond: Exclude<keyof B, keyof A> };

type Validated<T, V extends "required" | "optional" = "required"> = T & {
  readonly kind: string;
} & (V extends "required" ? { readonly validations: object } : { readonly validations?: object });
type ServiceTaken<K extends keyof typeof serviceSchemas> = Taken<(typeof serviceSchemas)[K]>;
type External<T> = Validated<T> & { readonly external: true };
type ExternalTaken<K extends keyof typeof externalSchemas> = Taken<(typeof externalSchemas)[K]>;
type Part<T, K extends keyof T> = Exclude<T[K], undefined | false>;

/** Each line is a pair: the static type, and what the schema takes. */
type Pairs = [
  SameKeys<StackDeclaration, Omit<Taken<typeof declarationSchema>, "needs"> & { needs: object }>,
  SameKeys<Phase, Taken<typeof phaseSchema>>,
  SameKeys<FailureHandling, Taken<typeof failureHandlingSchema>>,
  SameKeys<FailureHandling["backoff"], Taken<typeof failureHandlingSchema>["backoff"]>,
  SameKeys<Parity, Taken<typeof paritySchema>>,
  SameKeys<Allowance, Taken<typeof paritySchema>["allow"][number]>,
  SameKeys<Validated<DatabaseOptions & TlsOptions>, ServiceTaken<"postgres">>,
  SameKeys<Validated<MysqlOptions>, ServiceTaken<"mysql">>,
  SameKeys<Validated<DatabaseOptions & TlsOptions>, ServiceTaken<"clickhouse">>,
  SameKeys<Validated<RabbitmqOptions>, ServiceTaken<"rabbitmq">>,
  SameKeys<Validated<KafkaOptions>, ServiceTaken<"kafka">>,
  SameKeys<Validated<MongodbOptions>, ServiceTaken<"mongodb">>,
  SameKeys<Validated<RedisOptions>, ServiceTaken<"redis">>,
  SameKeys<Validated<HttpServiceOptions>, ServiceTaken<"http">>,
  SameKeys<Validated<OtherServiceOptions>, ServiceTaken<"container">>,
  SameKeys<Validated<JobOptions, "optional">, ServiceTaken<"job">>,
  SameKeys<EngineHealthcheck, Part<ServiceTaken<"http">, "healthcheck">>,
  SameKeys<Partial<Cadence>, Part<ServiceTaken<"http">, "cadence">>,
  SameKeys<Supervision, Taken<typeof declaredSupervisionSchema>>,
  SameKeys<SlowBound, Part<Taken<typeof declaredSupervisionSchema>, "slow">>,
  SameKeys<RestartIntensity, Part<Taken<typeof declaredSupervisionSchema>, "intensity">>,
  SameKeys<JobSupervision, Taken<typeof declaredJobSupervisionSchema>>,
  SameKeys<Supervision, Partial<Record<keyof SupervisionSpec, unknown>>>,
  SameKeys<External<ExternalDatabaseOptions & TlsOptions>, ExternalTaken<"postgres">>,
  SameKeys<External<ExternalDatabaseOptions>, ExternalTaken<"mysql">>,
  SameKeys<External<ExternalDatabaseOptions & TlsOptions>, ExternalTaken<"clickhouse">>,
  SameKeys<External<ExternalMongodbOptions>, ExternalTaken<"mongodb">>,
  SameKeys<External<ExternalRabbitmqOptions>, ExternalTaken<"rabbitmq">>,
  SameKeys<External<ExternalKafkaOptions>, ExternalTaken<"kafka">>,
  SameKeys<External<ExternalRedisOptions>, ExternalTaken<"redis">>,
  SameKeys<External<ExternalHttpOptions>, ExternalTaken<"http">>,
  SameKeys<External<ExternalServerOptions>, ExternalTaken<"container">>,
  SameKeys<UrlOf, Taken<typeof urlOfSchema>>,
  SameKeys<SecretRef, Taken<typeof secretRefSchema>>,
  SameKeys<Resources, Taken<typeof declaredResourcesSchema>>,
  SameKeys<ContainerOptions, Partial<Record<keyof typeof containerOptionSchemas, unknown>>>,
  SameKeys<ProbeOptions, Partial<Record<keyof typeof commonProbeSchemas, unknown>>>,
  SameKeys<HostFileMount, Taken<(typeof declaredMountSchemas)["hostFile"]>>,
  SameKeys<HostFolderMount, Taken<(typeof declaredMountSchemas)["hostFolder"]>>,
  SameKeys<DockerfileImage, Taken<typeof dockerfileSchema>>,
  SameKeys<FileMount, Taken<(typeof declaredMountSchemas)["file"]>>,
  SameKeys<PassThrough, Taken<typeof passThroughSchema>>,
  SameKeys<TmpfsMount, Taken<(typeof declaredMountSchemas)["tmpfs"]>>,
  SameKeys<TmpfsMount["tmpfs"], Taken<(typeof declaredMountSchemas)["tmpfs"]>["tmpfs"]>,
  SameKeys<VolumeMount, Taken<(typeof declaredMountSchemas)["volume"]>>,
  SameKeys<ExternalVolumeMount, Taken<(typeof declaredMountSchemas)["externalVolume"]>>,
  SameKeys<ServicePort, Taken<typeof servicePortSchema>>,
  SameKeys<HostAddress, Part<Taken<typeof servicePortSchema>, "host">>,
];
type Unlike = Exclude<Pairs[number], true>;
/** An error here names the keys that only one of the two has. */
export const pairs: [Unlike] extends [never] ? true : Unlike = true;

/** Every kind of service has a schema, and no schema is without its kind. */
export const kinds: SameKeys<Record<ServiceKind, unknown>, typeof serviceSchemas> = true;

/** Every kind that listens may be external, and each of them has its function. */
export const externals: SameKeys<Record<Exclude<ServiceKind, "job">, unknown>, typeof externalSchemas> = true;
export const functions: SameKeys<
  Record<Exclude<ServiceKind, "job" | "container"> | "tcp", unknown>,
  typeof external
> = true;

/** A service of any kind is one that a stack declaration holds. */
type AnyService = ServiceTaken<keyof typeof serviceSchemas>;
export const holds: Exclude<AnyService extends infer S ? keyof S : never, keyof Service> extends never
  ? true
  : never = true;

/** The kinds of services that a declaration is made of. Each function returns plain data: what its author wrote, and the kind. */
import type { UrlParts } from "./endpoint.ts";
import { made } from "./made.ts";
import type { KindsOf } from "./service-probe-kinds.ts";
import type { DeclaredProbe, DeclaredKind } from "./probe.ts";
import type {
  BundledImage,
  DatabaseOptions,
  Env,
  HttpServiceOptions,
  JobOptions,
  KafkaOptions,
  MongodbOptions,
  MysqlOptions,
  OtherServiceOptions,
  RabbitmqOptions,
  RedisOptions,
  Service,
  ServiceKind,
  UrlOf,
  Validations,
} from "./service.ts";
import type { SecretRef } from "./text.ts";

/** How a secret may come by its value. */
export interface SecretOptions {
  /**
   * Whether a random value is made up where the stack's config sets none: 32 characters, the first time that the
   * stack comes up, kept in its state as a Pulumi secret. For what only the stack's own services know: not for a
   * warehouse's URL or a TLS key. One place that says so counts for all that name the secret. Default false: without
   * a value, `pulumi up` creates nothing and names the command that sets it.
   */
  readonly generate?: boolean;
}

/**
 * Names a secret. Its value comes from the stack's config: `pulumi config set --secret --path phasegate:secrets.NAME`.
 * @example secret("warehouseUrl")
 * @example secret("sessionSecret", { generate: true })
 */
export function secret<const Name extends string>(
  name: Name,
  options?: SecretOptions,
): SecretRef & { readonly secret: Name } {
  const { generate, ...ref } = made({ secret: name }, options);
  return { ...ref, ...(generate !== false && generate !== undefined && { generate }) };
}

/**
 * The URL of another service, with the account that its clients use.
 * @example urlOf("postgres", { scheme: "postgresql+asyncpg" }) // postgresql+asyncpg://app:…@postgres:5432/app
 * @example urlOf("api", { port: "metrics" }) // http://api:9100
 */
export function urlOf<const Name extends string>(
  service: Name,
  parts?: UrlParts & { readonly port?: string },
): UrlOf<Name> {
  return made({ urlOf: service }, parts);
}

/** An image made of a TypeScript (or JavaScript) entry file and all that it imports, on the Node.js image. */
export function bundle(entry: string): BundledImage {
  return { bundle: entry };
}

type ServicesIn<E extends Env> = Extract<E[keyof E], UrlOf>["urlOf"];

/** Appears in the editor where a service is given a probe that it cannot be probed by, alone or as a part. */
export interface ProbeDoesNotFit<Probe extends string, Kind extends string> {
  readonly problem: `a ${Kind} service cannot be probed by a probe of the kind ${Probe}`;
}

/** The kind of a probe that does not fit, or those of its parts, as deep as people nest them. */
type Unfit<P, Known extends DeclaredKind, Deeper extends readonly unknown[] = [1, 1, 1, 1]> =
  P extends DeclaredProbe<Known>
    ? never
    : Deeper extends readonly [unknown, ...infer Rest]
      ? P extends { readonly parts: readonly (infer Part)[] }
        ? Unfit<Part, Known, Rest>
        : P extends { readonly part: infer Part }
          ? Unfit<Part, Known, Rest>
          : P extends { readonly kind: infer Own extends string }
            ? Own
            : never
      : never;

// Names that are computed, of the type string, and what they stand for are known when the plan is resolved.
type CheckedValidations<
  Vs extends Validations,
  Kind extends ServiceKind,
  Known extends DeclaredKind,
> = string extends keyof Vs
  ? Vs
  : { readonly [V in keyof Vs]: string extends keyof Vs[V] ? Vs[V] : CheckedProbes<Vs[V], Kind, Known> };

type CheckedProbes<Probes, Kind extends ServiceKind, Known extends DeclaredKind> = {
  readonly [Name in keyof Probes]: Probes[Name] extends DeclaredProbe<Known>
    ? Probes[Name]
    : ProbeDoesNotFit<Unfit<Probes[Name], Known>, Kind>;
};

/** Something with validations, each probe of which fits the kind of service. */
export interface Validated<
  Vs extends Validations,
  Kind extends ServiceKind,
  Known extends DeclaredKind = KindsOf<Kind>,
> {
  readonly validations: Vs & CheckedValidations<Vs, Kind, Known>;
}

export type NameIn<T> = keyof T & string;

/**
 * A PostgreSQL server on port 5432. The image takes POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB,
 * as the official one does.
 */
export function postgres<const Vs extends Validations>(
  options: DatabaseOptions & Validated<Vs, "postgres">,
): Service<NameIn<Vs>, never> {
  return { kind: "postgres", ...options };
}

/**
 * A MySQL or MariaDB server on port 3306. The image takes MYSQL_USER, MYSQL_PASSWORD, MYSQL_DATABASE and
 * MYSQL_ROOT_PASSWORD, as the official ones of both do. With `user: "root"` its clients use the image's own root.
 * @example mysql({ image: "mariadb:11", database: "shop", password: secret("mysqlPassword"), validations: { ready: { answers: sql("SELECT 1") } } })
 */
export function mysql<const Vs extends Validations>(
  options: MysqlOptions & Validated<Vs, "mysql">,
): Service<NameIn<Vs>, never> {
  return { kind: "mysql", ...options };
}

/**
 * A MongoDB server on port 27017. The image takes MONGO_INITDB_ROOT_USERNAME, MONGO_INITDB_ROOT_PASSWORD and
 * MONGO_INITDB_DATABASE, as the official one does.
 * @example mongodb({ image: "mongo:8", database: "shop", password: secret("mongoPassword"), validations: { ready: { answers: ping() } } })
 */
export function mongodb<const Vs extends Validations>(
  options: MongodbOptions & Validated<Vs, "mongodb">,
): Service<NameIn<Vs>, never> {
  return { kind: "mongodb", ...options };
}

/** A Redis server on port 6379. Its password and memory limit are in a config file, not on a command line. */
export function redis<const Vs extends Validations>(
  options: RedisOptions & Validated<Vs, "redis">,
): Service<NameIn<Vs>, never> {
  return { kind: "redis", ...options };
}

/**
 * A ClickHouse server, spoken to by HTTP on port 8123. The image takes CLICKHOUSE_USER,
 * CLICKHOUSE_PASSWORD and CLICKHOUSE_DB, as the official one does.
 */
export function clickhouse<const Vs extends Validations>(
  options: DatabaseOptions & Validated<Vs, "clickhouse">,
): Service<NameIn<Vs>, never> {
  return { kind: "clickhouse", ...options };
}

/**
 * A RabbitMQ broker on port 5672. The image takes RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_PASS and
 * RABBITMQ_DEFAULT_VHOST, as the official one does.
 * @example rabbitmq({ image: "rabbitmq:4", user: "shop", password: secret("rabbitmqPassword"), validations: { ready: { answers: amqp() } } })
 */
export function rabbitmq<const Vs extends Validations>(
  options: RabbitmqOptions & Validated<Vs, "rabbitmq">,
): Service<NameIn<Vs>, never> {
  return { kind: "rabbitmq", ...options };
}

/**
 * A Kafka broker on port 9092. Which listeners it has, what it tells its clients of them, and which accounts it knows is a matter of its
 * image's own `env`.
 * @example kafka({ image: "apache/kafka:4.0.0", env: { KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://kafka:9092" }, validations: { ready: { answers: brokers(), orders: topic("orders") } } })
 */
export function kafka<const Vs extends Validations>(
  options: KafkaOptions & Validated<Vs, "kafka">,
): Service<NameIn<Vs>, never> {
  return { kind: "kafka", ...options };
}

/** A service that is spoken to by HTTP or WebSocket. */
export function httpService<const Vs extends Validations, const E extends Env = Record<never, never>>(
  options: HttpServiceOptions<E> & Validated<Vs, "http">,
): Service<NameIn<Vs>, ServicesIn<E>> {
  return { kind: "http", ...options };
}

/**
 * A service of any other kind: one that speaks another protocol than these, or that has no port at all.
 * @example service({ image: "rabbitmq:4", port: 5672, validations: { ready: { listens: tcp(5672) } } })
 */
export function service<const Vs extends Validations, const E extends Env = Record<never, never>>(
  options: OtherServiceOptions<E> & Validated<Vs, "container">,
): Service<NameIn<Vs>, ServicesIn<E>> {
  return { kind: "container", ...options };
}

/**
 * A job: a container that does its work and ends. It is ready when it has completed with exit code 0,
 * which is enabled at every level. Validations may add probes of what it left behind, or, with
 * `completed({ exitCode })`, expect another exit code.
 */
export function job<const Vs extends Validations, const E extends Env = Record<never, never>>(
  options: JobOptions<E> & Partial<Validated<Vs, "job">>,
): Service<string, ServicesIn<E>> {
  return { kind: "job", ...options };
}

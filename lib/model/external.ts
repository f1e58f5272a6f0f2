/**
 * Services that are no containers: a managed database, a partner's API. They are probed, gate their phase, stand in the graph and
 * are alerted of, and nothing creates, starts, stops or restarts them.
 */
import type { DeclaredKind } from "./probe.ts";
import type { KindsOf } from "./service-probe-kinds.ts";
import type {
  DatabaseOptions,
  KafkaOptions,
  MongodbOptions,
  RabbitmqOptions,
  RedisOptions,
  Service,
  ServiceOptions,
  TlsOptions,
  Validations,
} from "./service.ts";
import type { NameIn, Validated } from "./services.ts";
import type { Supervision } from "./supervision.ts";

/** What a service of its own says of how it is proven and watched; all else that a container is given means nothing for it. */
type Proven = Pick<
  ServiceOptions,
  "successThreshold" | "failureThreshold" | "minReady" | "cadence" | "timeout" | "failFast" | "in"
>;

/** What an external service of any kind says. */
export interface ExternalAddress extends Proven {
  /**
   * Where it is, as the containers of the stack reach it: a host name or an address. Default: what the stack's config says in
   * `phasegate:external`, without which nothing is deployed.
   */
  readonly host?: string;
  /** How it is watched once it is ready. It is never restarted, so it has no `intensity`. */
  readonly supervision?: Omit<Supervision, "intensity">;
}

/** What `external.postgres()` and `external.clickhouse()` take besides the validations. */
export interface ExternalDatabaseOptions
  extends ExternalAddress, TlsOptions, Pick<DatabaseOptions, "database" | "user" | "password"> {
  /** Default: the port that its kind has, 5432 for PostgreSQL. */
  readonly port?: number;
}

/** What `external.redis()` takes besides the validations. */
export interface ExternalRedisOptions extends ExternalAddress, TlsOptions, Pick<RedisOptions, "password"> {
  /** Default 6379. */
  readonly port?: number;
}

/** What `external.mongodb()` takes besides the validations. */
export interface ExternalMongodbOptions
  extends ExternalAddress, TlsOptions, Pick<MongodbOptions, "database" | "user" | "password"> {
  /** Default 27017. */
  readonly port?: number;
}

/** What `external.rabbitmq()` takes besides the validations. */
export interface ExternalRabbitmqOptions
  extends ExternalAddress, TlsOptions, Pick<RabbitmqOptions, "user" | "password" | "vhost"> {
  /** Default 5672, in TLS 5671. */
  readonly port?: number;
}

/** What `external.kafka()` takes besides the validations. */
export interface ExternalKafkaOptions
  extends ExternalAddress, TlsOptions, Pick<KafkaOptions, "user" | "password" | "mechanism"> {
  /** Default 9092. */
  readonly port?: number;
}

/** What `external.http()` takes besides the validations. */
export type ExternalHttpOptions = ExternalServerOptions & TlsOptions;

/** What `external.tcp()` takes, and `external.http()`, besides the validations. */
export interface ExternalServerOptions extends ExternalAddress {
  /** The port that it listens on. */
  readonly port: number;
}

/** The probe kinds that look into a container, or at it: an external service has none. */
export const kindsOfContainers = [
  "log-line",
  "exec",
  "engine-healthy",
  "running",
] as const satisfies readonly DeclaredKind[];

type OverNetwork<Kind extends Service["kind"]> = Exclude<KindsOf<Kind>, (typeof kindsOfContainers)[number]>;
type Probed<Vs extends Validations, Kind extends Service["kind"]> = Validated<Vs, Kind, OverNetwork<Kind>>;

/**
 * Services that are no containers. Each is declared with the account and the probes that one of its kind has, and says its `host`
 * here or, where environments differ, in the stack's config.
 *
 * @example
 * external.postgres({
 *   host: "db.example.com",
 *   database: "warehouse",
 *   password: secret("warehousePassword"),
 *   validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
 * })
 */
export const external = {
  /** A PostgreSQL server. */
  postgres: <const Vs extends Validations>(
    options: ExternalDatabaseOptions & Probed<Vs, "postgres">,
  ): Service<NameIn<Vs>, never> => ({ kind: "postgres", external: true, ...options }),

  /** A MySQL or MariaDB server. */
  mysql: <const Vs extends Validations>(
    options: ExternalDatabaseOptions & Probed<Vs, "mysql">,
  ): Service<NameIn<Vs>, never> => ({ kind: "mysql", external: true, ...options }),

  /** A MongoDB server; its account is one of `admin`. */
  mongodb: <const Vs extends Validations>(
    options: ExternalMongodbOptions & Probed<Vs, "mongodb">,
  ): Service<NameIn<Vs>, never> => ({ kind: "mongodb", external: true, ...options }),

  /** A RabbitMQ server, spoken to by AMQP. */
  rabbitmq: <const Vs extends Validations>(
    options: ExternalRabbitmqOptions & Probed<Vs, "rabbitmq">,
  ): Service<NameIn<Vs>, never> => ({ kind: "rabbitmq", external: true, ...options }),

  /** A Kafka cluster, by the address of one of its brokers. */
  kafka: <const Vs extends Validations>(
    options: ExternalKafkaOptions & Probed<Vs, "kafka">,
  ): Service<NameIn<Vs>, never> => ({ kind: "kafka", external: true, ...options }),

  /** A Redis server. */
  redis: <const Vs extends Validations>(
    options: ExternalRedisOptions & Probed<Vs, "redis">,
  ): Service<NameIn<Vs>, never> => ({ kind: "redis", external: true, ...options }),

  /** A ClickHouse server, spoken to by HTTP. */
  clickhouse: <const Vs extends Validations>(
    options: ExternalDatabaseOptions & Probed<Vs, "clickhouse">,
  ): Service<NameIn<Vs>, never> => ({ kind: "clickhouse", external: true, ...options }),

  /** Whatever is spoken to by HTTP or WebSocket. */
  http: <const Vs extends Validations>(
    options: ExternalHttpOptions & Probed<Vs, "http">,
  ): Service<NameIn<Vs>, never> => ({ kind: "http", external: true, ...options }),

  /** Whatever else listens on a port. */
  tcp: <const Vs extends Validations>(
    options: ExternalServerOptions & Probed<Vs, "container">,
  ): Service<NameIn<Vs>, never> => ({ kind: "container", external: true, ...options }),
};

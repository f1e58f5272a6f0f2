import type { Duration } from "../core/duration.ts";
import type { DockerfileImage } from "./container/dockerfile.ts";
import type { EnvFileOptions, PassThrough } from "./container/environment.ts";
import type { MountOptions } from "./container/mounts.ts";
import type { PortOptions } from "./container/ports.ts";
import type { ContainerOptions } from "./container/options.ts";
import type { UrlParts } from "./endpoint.ts";
import type { Environment } from "./environment.ts";
import type { JobTimes } from "./job.ts";
import type { DeclaredProbe } from "./probe.ts";
import type { JobSupervision, Supervision } from "./supervision.ts";
import type { SecretRef } from "./text.ts";
import type { KafkaMechanism } from "./endpoint.ts";
import type { Tls } from "./tls.ts";

/** The URL of another service of the stack, as its clients need it: `urlOf("postgres")`. */
export interface UrlOf<Service extends string = string> extends UrlParts {
  readonly urlOf: Service;
  /** The name of one of its `ports`. Default: the port that its clients call. */
  readonly port?: string;
}

/** An image built from a TypeScript entry file, bundled with all that it imports: `bundle("services/auth/main.ts")`. */
export interface BundledImage {
  readonly bundle: string;
}

/** A value in a container's environment: a text, a secret, the URL of another service, or the caller's own. */
export type EnvValue<Service extends string = string> = string | SecretRef | UrlOf<Service> | PassThrough;

/** What the container engine itself asks of a container: Docker's HEALTHCHECK. Gates do not rely on it. */
export interface EngineHealthcheck {
  /** As in a Dockerfile: `["CMD", "pg_isready"]` or `["CMD-SHELL", "..."]`. */
  readonly command: readonly string[];
  /** The time between checks, and before the first. Default "2s". */
  readonly interval?: Duration;
  /** Default "5s". */
  readonly timeout?: Duration;
  /** The failures in a row after which the engine calls the container unhealthy. Default 5. */
  readonly retries?: number;
  /** The time in which failures do not count. Default "0s". */
  readonly startPeriod?: Duration;
}

/** The probes of each validation that a service takes part in, by name. */
export type Validations<V extends string = string> = Readonly<
  Record<V, Readonly<Record<string, DeclaredProbe>>>
>;

/**
 * How attempts are spaced while a service starts: by `initial`, and once it has been probed for `steady`, by waits that grow as
 * `min(initial * multiplier^n, max)` does.
 */
export interface Cadence {
  readonly initial: Duration;
  /**
   * How long the waits stay as short as they begin, where few probes wait: with many of them the waits may grow from the first one on,
   * and after an attempt that takes long they are three times as long as that. They are as short again when earlier starts of the
   * service have become ready, as far as the history has them. "0s": they grow from the first one on, and no earlier start matters.
   */
  readonly steady: Duration;
  readonly max: Duration;
  readonly multiplier: number;
  /** The share of each wait that is left to chance, 0 to 1, so that many probes do not strike at once. */
  readonly jitter: number;
}

/** What every service may say, whatever its kind. */
export interface ServiceOptions extends ContainerOptions, EnvFileOptions, MountOptions, PortOptions {
  /** An image by reference, "postgres:17", or one built from source, `bundle("services/auth/main.ts")`. */
  readonly image: string | BundledImage | DockerfileImage;
  /** Replaces the image's own entry point, and with it the image's own command. */
  readonly entrypoint?: readonly string[];
  /** Replaces the image's own command. */
  readonly command?: readonly string[];
  /**
   * Files put into the container before it starts, by path; parts may be secrets:
   * `{ "/run/secrets/token": [secret("token")] }`. Default: none.
   */
  readonly files?: Readonly<Record<`/${string}`, readonly (string | SecretRef)[]>>;
  /** Named volumes and where they are mounted: `{ data: "/var/lib/postgresql/data" }`. They outlive the containers. */
  readonly volumes?: Readonly<Record<string, `/${string}`>>;
  /**
   * Publishes the service's port on the host's loopback at the environment's `portBase` plus this
   * number (0 to 999). Default: not published.
   */
  readonly publish?: number;
  /**
   * Whether the engine's init process is process 1 of the container. It passes signals on, and collects the processes
   * that others leave behind, those of `exec` probes included. False for an image that has an init process of its own
   * and insists on being process 1, such as one with s6-overlay. Default true.
   */
  readonly init?: boolean;
  /** The time between SIGTERM and SIGKILL when the container is stopped. Default: the failure policy's `grace`. */
  readonly grace?: Duration;
  /** Default: the kind's own (`pg_isready`, `redis-cli ping`, ...), or none. */
  readonly healthcheck?: EngineHealthcheck;
  /** How many times in a row each probe must pass. Default 1. */
  readonly successThreshold?: number;
  /**
   * How many times in a row a probe that passes must fail to count as failing. Default 1: a gate opens on what is
   * true now. (The kubelet's default, made for a service that is in use, is 3.)
   */
  readonly failureThreshold?: number;
  /**
   * How long the service must stay ready, without interruption, before it counts as ready for its gate and for what needs it: a duration
   * from "0s", shorter than the service's timeout times the environment's multiplier, within which it counts. The time begins when all
   * of its probes have passed, and begins again when an attempt fails or the container ends; meanwhile probes are tried as often as at
   * the start, and the gate opens on passes that come when the time is over. It holds for every proof: of a start by an `up`, by a
   * restart of the coordinator's, after a reboot, and of a service that is proven again. It is Kubernetes' `minReadySeconds`. For
   * images whose first start initialises with a server that the network reaches: that server answers, and then ends. Default "0s": it
   * counts as soon as all of its probes have passed.
   * @throws PhasegateError PHASEGATE_DECLARATION_INVALID, from `resolvePlan()`, where its budget cannot hold it
   * @example minReady: "1s"
   */
  readonly minReady?: Duration;
  /**
   * How attempts are spaced while the service starts. Default: at once, then every 25 ms for 3 s, and after that in waits that grow to
   * a twentieth of the time since the beginning, up to "1s"; every 25 ms again around the time that earlier starts have taken. An
   * attempt that itself takes long, such as a command in a container, is followed by as long a rest, up to 100 ms.
   */
  readonly cadence?: Partial<Cadence>;
  /** How long the service may take to be ready; not longer than its phase's timeout, which is the default. */
  readonly timeout?: Duration;
  /** Default: the failure policy's `failFast`. */
  readonly failFast?: boolean;
  /** How it is watched once it is ready. Default, part by part: the stack's `supervision`. */
  readonly supervision?: Supervision;
  /**
   * The stack's networks that the container is on, by names of your own. Services reach each other, by name, over
   * a network that both are on. Default `["default"]`.
   */
  readonly networks?: readonly string[];
  /**
   * Networks that others have made, by their real names on the engine: the container is on them besides. They must be
   * there before anything of the stack is created; the stack never creates, labels or deletes them. There the
   * container has its own name alone, `netra-dev-api`: others may be called `api`. Default: none.
   */
  readonly externalNetworks?: readonly string[];
  /**
   * The environments that have it; elsewhere it is left out, and what needs it must be as well. Default: all that the declaration
   * is made for.
   */
  readonly in?: readonly Environment[];
}

/** What a service may say that can run more than once. */
interface Replicated {
  /**
   * How many instances of it run, each a service of its own called `api-1`, `api-2`, ...; the service's name reaches all. An
   * environment's config may say another number, from 1 to 100. Default: one, which has the service's own name.
   */
  readonly replicas?: number;
}

/** The variables of a container that calls others. */
export type Env = Readonly<Record<string, EnvValue>>;

/** What a server may say whose variables are its image's own: it calls nobody. */
export interface ServerOptions extends ServiceOptions {
  /** Variables besides those that the other options set. */
  readonly env?: Readonly<Record<string, string | SecretRef | PassThrough>>;
}

/** What `postgres()` and `clickhouse()` take besides the validations. */
export interface DatabaseOptions extends ServerOptions, TlsOptions {
  readonly database: string;
  /** Default: the database's name. */
  readonly user?: string;
  readonly password: SecretRef;
}

/** What `mysql()` takes besides the validations. */
export interface MysqlOptions extends DatabaseOptions {
  /**
   * The password of the image's own `root`, which the service's clients do not use. Default: the image makes one up,
   * and writes it to its log once.
   */
  readonly rootPassword?: SecretRef;
}

/** What `mongodb()` takes besides the validations. */
export interface MongodbOptions extends ServerOptions, TlsOptions {
  readonly database: string;
  /** Default, where there is a password: the database's name. The image makes this account, in `admin`, with every right. */
  readonly user?: string;
  /** Default: whoever reaches the server may use it. */
  readonly password?: SecretRef;
}

/** What `redis()` takes besides the validations. */
export interface RedisOptions extends ServerOptions, TlsOptions {
  /** Default: whoever reaches the server may use it. */
  readonly password?: SecretRef;
  /** Redis' `maxmemory`: "64mb". When it is reached, writes are refused. Default: no limit. */
  readonly maxMemory?: `${number}${"kb" | "mb" | "gb"}`;
}

/** What `rabbitmq()` takes besides the validations. */
export interface RabbitmqOptions extends ServerOptions, TlsOptions {
  /** Default "guest". */
  readonly user?: string;
  readonly password: SecretRef;
  /** The virtual host that the account is made for, and its clients use. Default "/". */
  readonly vhost?: string;
}

/** What `kafka()` takes besides the validations. */
export interface KafkaOptions extends ServerOptions, TlsOptions {
  /** Who logs in, where there is a password. Default "kafka". */
  readonly user?: string;
  /** Default: nobody logs in. */
  readonly password?: SecretRef;
  /** How the account logs in, by SASL. Default "PLAIN". */
  readonly mechanism?: KafkaMechanism;
}

/** What a service that may speak TLS says of it. */
export interface TlsOptions {
  /**
   * It speaks TLS on its port, and so do its clients: `true`, or what its probes verify and show. `urlOf()` gives its URL for TLS. How the
   * server itself comes by its certificate is a matter of its image, files and command. Default: it speaks plain text.
   * @example tls: { ca: projectFile("ops/ca.pem") }
   */
  readonly tls?: true | Tls;
}

/** What `httpService()` takes besides the validations. */
export interface HttpServiceOptions<E extends Env = Env> extends ServiceOptions, TlsOptions, Replicated {
  /** The port that it listens on inside the network. */
  readonly port: number;
  /** Texts, `secret("name")`, `urlOf("service")` and `passThrough("VARIABLE")`. */
  readonly env?: E;
}

/** What `service()` takes besides the validations. */
export interface OtherServiceOptions<E extends Env = Env> extends ServiceOptions, Replicated {
  /** The port that it listens on inside the network. Default: nobody calls it. */
  readonly port?: number;
  /** Texts, `secret("name")`, `urlOf("service")` and `passThrough("VARIABLE")`. */
  readonly env?: E;
}

/** What `job()` takes besides the validations. */
export interface JobOptions<E extends Env = Env>
  extends Omit<ServiceOptions, "publish" | "ports" | "healthcheck" | "supervision" | "minReady">, JobTimes {
  /** How often it may be run again because it failed. Default: the stack's `supervision`. */
  readonly supervision?: JobSupervision;
  /** Texts, `secret("name")`, `urlOf("service")` and `passThrough("VARIABLE")`. */
  readonly env?: E;
}

/** The kinds of services. What each is made of stands in `service-schema.ts`, and what it comes to in `workload.ts`. */
export const serviceKinds = [
  "postgres",
  "mysql",
  "mongodb",
  "redis",
  "clickhouse",
  "rabbitmq",
  "kafka",
  "http",
  "container",
  "job",
] as const;
export type ServiceKind = (typeof serviceKinds)[number];

/**
 * A service as a stack declaration holds it: plain data, made by `postgres()`, `httpService()` and their like. It is
 * what its author wrote, and its kind; what follows from that is in {@link workloadOf}.
 */
export interface Service<V extends string = string, R extends string = string>
  extends
    Omit<ServiceOptions, "image">,
    Partial<Pick<ServiceOptions, "image">>,
    TlsOptions,
    Partial<Pick<DatabaseOptions, "database" | "user">>,
    Pick<RabbitmqOptions, "vhost">,
    Replicated,
    Pick<KafkaOptions, "mechanism">,
    Pick<RedisOptions, "maxMemory">,
    JobTimes {
  readonly kind: ServiceKind;
  /** Present where it is no container: made by `external.postgres()` and its like. */
  readonly external?: true;
  readonly host?: string;
  readonly port?: number;
  readonly password?: SecretRef;
  readonly rootPassword?: SecretRef;
  readonly env?: Readonly<Record<string, EnvValue<R>>>;
  readonly validations?: Validations<V>;
}

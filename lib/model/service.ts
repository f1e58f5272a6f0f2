import type { Duration } from "../core/duration.ts";
import type { Endpoint, UrlParts } from "./endpoint.ts";
import type { DeclaredProbe, ProbeKind } from "./probe.ts";
import type { SecretRef } from "./text.ts";

/** The URL of another service of the stack, as its clients need it: `urlOf("postgres")`. */
export interface UrlOf<Service extends string = string> extends UrlParts {
  readonly urlOf: Service;
}

/** An image built from a TypeScript entry file, bundled with all that it imports: `bundle("services/auth/main.ts")`. */
export interface BundledImage {
  readonly bundle: string;
}

/** A value in a container's environment: a text, a secret, or the URL of another service. */
export type EnvValue<Service extends string = string> = string | SecretRef | UrlOf<Service>;

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
export type Validations<V extends string = string, K extends ProbeKind = ProbeKind> = Readonly<
  Record<V, Readonly<Record<string, DeclaredProbe<K>>>>
>;

/** How attempts are spaced while a service starts: after the n-th failure `min(initial * multiplier^n, max)`. */
export interface Cadence {
  readonly initial: Duration;
  readonly max: Duration;
  readonly multiplier: number;
  /** The share of each wait that is left to chance, 0 to 1, so that many probes do not strike at once. */
  readonly jitter: number;
}

/** What every service may say, whatever its kind. */
export interface ServiceOptions {
  /** An image by reference, "postgres:17", or one built from source, `bundle("services/auth/main.ts")`. */
  readonly image: string | BundledImage;
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
  /** How attempts are spaced while the service starts. Default: at once, after 100ms, 150ms, 225ms, ... up to "1s". */
  readonly cadence?: Partial<Cadence>;
  /** How long the service may take to be ready; not longer than its phase's timeout, which is the default. */
  readonly timeout?: Duration;
  /** Default: the failure policy's `failFast`. */
  readonly failFast?: boolean;
  /**
   * The stack's networks that the container is on, by names of your own. Services reach each other, by name, over
   * a network that both are on. Default `["default"]`.
   */
  readonly networks?: readonly string[];
}

/** A service as a stack declaration holds it: plain data, made by `postgres()`, `httpService()` and their like. */
export interface Service<V extends string = string, R extends string = string> extends ServiceOptions {
  readonly kind: "postgres" | "redis" | "clickhouse" | "http" | "container" | "job";
  /** How clients reach it; the host is the service's name. Absent for a job, and for a service without a port. */
  readonly endpoint?: EndpointWithoutHost;
  readonly env: Readonly<Record<string, EnvValue<R>>>;
  readonly files: Readonly<Record<`/${string}`, readonly (string | SecretRef)[]>>;
  readonly validations: Validations<V>;
}

type WithoutHost<E> = E extends Endpoint ? Omit<E, "host"> : never;
export type EndpointWithoutHost = WithoutHost<Endpoint>;

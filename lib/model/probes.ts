/**
 * The probes of a declaration, each a plain object made by a function named for what it asks.
 * Every one takes {@link ProbeOptions} besides its own options.
 */
import type { Duration } from "../core/duration.ts";
import type { Json } from "../core/json.ts";
import type { CustomModule } from "./custom-module.ts";
import { eachOf, filled, made } from "./made.ts";
import { patternOf } from "./pattern.ts";
import type { DeclaredSingle, LatencyBound, ProbeOptions } from "./probe.ts";
import type { SecretRef, Text } from "./text.ts";

/** Bounds on the answer to a query. */
export interface QueryOptions extends ProbeOptions {
  /** How many rows must come back. Default `{ atLeast: 0 }`: the query runs. */
  readonly rows?: { readonly atLeast?: number; readonly atMost?: number };
  /** Runs the query `samples` times on one connection and bounds the 95th percentile. */
  readonly p95?: LatencyBound;
}

/** What an HTTP response must be. */
export interface HttpOptions extends ProbeOptions {
  readonly headers?: Readonly<Record<string, Text>>;
  /** Sent as JSON. */
  readonly body?: Json;
  /** The status, or the statuses, that pass. Default 200. */
  readonly status?: number | readonly number[];
  /** What the JSON body must contain; it may contain more. */
  readonly json?: Json;
  /**
   * Sends the request `samples` times more, one after the other on one connection, and bounds the 95th
   * percentile of the time to the end of the answer. Each answer must have an expected status.
   */
  readonly p95?: LatencyBound;
}

/**
 * Runs a statement on PostgreSQL.
 * @example sql("SELECT version_num FROM alembic_version", { rows: { atLeast: 1 } })
 */
export function sql(statement: string, options?: QueryOptions): DeclaredSingle<"postgres-query"> {
  return queried(made({ kind: "postgres-query", statement }, options));
}

/** Proves that PostgreSQL takes `count` connections at the same time, as a client's pool will open them. */
export function connections(count: number, options?: ProbeOptions): DeclaredSingle<"postgres-connections"> {
  return made({ kind: "postgres-connections", count }, options);
}

/** Redis answers PING with PONG, to a client that has authenticated. */
export function ping(options?: ProbeOptions): DeclaredSingle<"redis-ping"> {
  return made({ kind: "redis-ping" }, options);
}

/**
 * Redis uses less than a share of its memory limit (`used_memory` of `maxmemory`); without a limit, of
 * the machine's memory.
 * @example memory({ under: 0.9 })
 */
export function memory(options: ProbeOptions & { readonly under: number }): DeclaredSingle<"redis-memory"> {
  return made({ kind: "redis-memory" }, options);
}

/**
 * The 95th percentile of PING on one Redis connection is under a bound.
 * @example latency({ under: "5ms", samples: 100 })
 */
export function latency(options: ProbeOptions & LatencyBound): DeclaredSingle<"redis-latency"> {
  const { under, samples, ...probe } = made({ kind: "redis-latency" }, options);
  return { ...probe, p95: { under, samples } };
}

/**
 * Runs a query on ClickHouse.
 * @example query("SELECT * FROM system.tables LIMIT 1", { rows: { atLeast: 1 } })
 */
export function query(statement: string, options?: QueryOptions): DeclaredSingle<"clickhouse-query"> {
  return queried(made({ kind: "clickhouse-query", statement }, options));
}

function queried<P extends QueryOptions>(probe: P) {
  return { ...probe, rows: filled({ atLeast: 0 }, probe.rows) };
}

/**
 * An HTTP GET.
 * @example get("/health/jwt", { json: { ready: true } })
 */
export function get(path: `/${string}`, options?: Omit<HttpOptions, "body">): DeclaredSingle<"http"> {
  return http("GET", path, options);
}

/**
 * An HTTP POST with a JSON body.
 * @example post("/api/test/complete-flow", { json: { complete: true }, mutates: true })
 */
export function post(path: `/${string}`, options?: HttpOptions): DeclaredSingle<"http"> {
  return http("POST", path, options);
}

function http(
  method: "GET" | "POST",
  path: string,
  options: HttpOptions | undefined,
): DeclaredSingle<"http"> {
  const { status = 200, headers = {}, ...probe } = made({ kind: "http", method, path }, options);
  return { ...probe, headers, status: isOne(status) ? [status] : [...status] };
}

function isOne<T>(value: T | readonly T[]): value is T {
  return !Array.isArray(value);
}

/**
 * Opens a WebSocket and, with `send`, sends a message and waits for the answer expected.
 * @example webSocket("/ws/test", { send: { type: "ping" }, expect: { type: "pong" } })
 */
export function webSocket(
  path: `/${string}`,
  options?: ProbeOptions & {
    readonly headers?: Readonly<Record<string, Text>>;
    readonly send?: Json;
    readonly expect?: Json;
  },
): DeclaredSingle<"websocket"> {
  return { headers: {}, ...made({ kind: "websocket", path }, options) };
}

/** Something accepts TCP connections on the port. Says little of an application: prefer a probe that speaks its protocol. */
export function tcp(port: number, options?: ProbeOptions): DeclaredSingle<"tcp"> {
  return made({ kind: "tcp", port }, options);
}

/**
 * A gRPC server says of itself, by the health checking protocol of gRPC (grpc.health.v1.Health/Check), that
 * it is SERVING.
 * @example grpcHealth({ port: 50051, service: "shop.Orders" })
 */
export function grpcHealth(
  options: ProbeOptions & {
    /** The port that it listens on inside the network, without TLS. */
    readonly port: number;
    /** The service that is asked for. Default: the server as a whole. */
    readonly service?: string;
  },
): DeclaredSingle<"grpc-health"> {
  return { service: "", ...made({ kind: "grpc-health" }, options) };
}

/**
 * A name resolves inside the stack's network, to IPv4 and IPv6 addresses together. The name server alone is
 * asked, and no hosts file.
 * @example dnsName("payments.internal", { addresses: { atLeast: 2 } })
 */
export function dnsName(
  name: string,
  options?: ProbeOptions & {
    /** How many addresses it must have. Default `{ atLeast: 1 }`. */
    readonly addresses?: { readonly atLeast: number };
    /** The name server to ask, by its address: "10.0.0.2" or "10.0.0.2:53". Default: the network's own. */
    readonly server?: string;
  },
): DeclaredSingle<"dns-name"> {
  return { addresses: { atLeast: 1 }, ...made({ kind: "dns-name", name }, options) };
}

/**
 * A line of what the container has written to stdout and stderr since its current start matches a regular
 * expression. The first 4 MiB are read, and of each line the first 2000 characters; an expression that is
 * not through after 250 ms is given up.
 * @example logLine(/ready to accept connections/)
 */
export function logLine(pattern: RegExp | string, options?: ProbeOptions): DeclaredSingle<"log-line"> {
  return made({ kind: "log-line", pattern: patternOf(pattern) }, options);
}

/**
 * Runs a command in the service's own container, as the container's user, and judges its exit code and what
 * it writes to stdout (of which 64 KiB are kept, without the line break at its end). On timeout everything
 * that it has started there is killed.
 * @example exec(["nginx", "-t"], { exitCode: 0 })
 */
export function exec(
  command: readonly [string, ...string[]],
  options?: ProbeOptions & {
    /** Default 0. */
    readonly exitCode?: number;
    /** What stdout must match. Default: anything. */
    readonly stdout?: RegExp | string;
  },
): DeclaredSingle<"exec"> {
  const { stdout, ...probe } = made({ kind: "exec", command: listed(command) }, options);
  return { exitCode: 0, ...probe, ...(stdout !== undefined && { stdout: patternOf(stdout) }) };
}

/** A list's copy; anything else as it is, to be reported. A text is no list of its letters. */
function listed(command: readonly string[]): string[] {
  const given: unknown = command;
  return Array.isArray(given) ? [...command] : (given as string[]);
}

/**
 * The engine's own health check (Docker's HEALTHCHECK, or the declaration's `healthcheck`) has passed.
 * @example engineHealthy({ level: "basic" })
 */
export function engineHealthy(options?: ProbeOptions): DeclaredSingle<"engine-healthy"> {
  return made({ kind: "engine-healthy" }, options);
}

/**
 * A probe written as code: a file of this project whose default export is made by `probe()`. It is bundled
 * with the coordinator and runs there, inside the stack's network.
 * @example custom("stacks/probes/queue-depth.ts", { with: { under: 100 }, secrets: { token: secret("queueToken") } })
 */
export function custom(
  module: CustomModule,
  options?: ProbeOptions & {
    /** The probe's options, as they stand in the plan: no place for secrets. */
    readonly with?: Json;
    /** The secrets that the probe may ask for by these names. */
    readonly secrets?: Readonly<Record<string, SecretRef>>;
  },
): DeclaredSingle<"custom"> {
  const { secrets = {}, ...probe } = made({ kind: "custom", module }, options);
  return { ...probe, secrets: eachOf(secrets, (ref) => [ref]) };
}

/**
 * The container runs, and has run for some time without ending: "3s" by default. Says little of a
 * service: it is for one that nobody can ask, such as a worker that takes its work from a queue.
 * @example running({ for: "10s", level: "basic" })
 */
export function running(options?: ProbeOptions & { readonly for?: Duration }): DeclaredSingle<"running"> {
  return { for: "3s", ...made({ kind: "running" }, options) };
}

/** The job has run to its end with this exit code, 0 by default. */
export function completed(
  options?: Omit<ProbeOptions, "whenFailing"> & { readonly exitCode?: number },
): DeclaredSingle<"completed"> {
  return { exitCode: 0, ...made({ kind: "completed" }, options) };
}

/**
 * The probes of a declaration, each a plain object made by a function named for what it asks.
 * Every one takes {@link ProbeOptions} besides its own options.
 */
import type { Duration } from "../core/duration.ts";
import type { Json } from "../core/json.ts";
import type { DeclaredProbe, LatencyBound, ProbeOptions } from "./probe.ts";
import type { Text } from "./text.ts";

/** Expectations on the answer to a query. */
export interface QueryOptions extends ProbeOptions {
  /** How many rows must come back. Default `{ atLeast: 0 }`: the query runs. */
  readonly rows?: { readonly atLeast?: number; readonly atMost?: number };
  /** Runs the query `samples` times on one connection and bounds the 95th percentile. */
  readonly p95?: LatencyBound;
}

/** Expectations on an HTTP response. */
export interface HttpOptions extends ProbeOptions {
  readonly headers?: Readonly<Record<string, Text>>;
  /** Sent as JSON. */
  readonly body?: Json;
  /** The status, or the statuses, that pass. Default 200. */
  readonly status?: number | readonly number[];
  /** What the JSON body must contain; it may contain more. */
  readonly json?: Json;
}

/**
 * Runs a statement on PostgreSQL.
 * @example sql("SELECT version_num FROM alembic_version", { rows: { atLeast: 1 } })
 */
export function sql(
  statement: string,
  { rows, ...options }: QueryOptions = {},
): DeclaredProbe<"postgres-query"> {
  return { kind: "postgres-query", statement, rows: { atLeast: 0, ...rows }, ...options };
}

/** Proves that PostgreSQL takes `count` connections at the same time, as a client's pool will open them. */
export function connections(
  count: number,
  options: ProbeOptions = {},
): DeclaredProbe<"postgres-connections"> {
  return { kind: "postgres-connections", count, ...options };
}

/** Redis answers PING with PONG, to a client that has authenticated. */
export function ping(options: ProbeOptions = {}): DeclaredProbe<"redis-ping"> {
  return { kind: "redis-ping", ...options };
}

/**
 * Redis uses less than a share of its memory limit (`used_memory` of `maxmemory`); without a limit, of
 * the machine's memory.
 * @example memory({ under: 0.9 })
 */
export function memory({
  under,
  ...options
}: ProbeOptions & { readonly under: number }): DeclaredProbe<"redis-memory"> {
  return { kind: "redis-memory", under, ...options };
}

/**
 * The 95th percentile of PING on one Redis connection is under a bound.
 * @example latency({ under: "5ms", samples: 100 })
 */
export function latency({
  under,
  samples,
  ...options
}: ProbeOptions & LatencyBound): DeclaredProbe<"redis-latency"> {
  return { kind: "redis-latency", p95: { under, samples }, ...options };
}

/**
 * Runs a query on ClickHouse.
 * @example query("SELECT * FROM system.tables LIMIT 1", { rows: { atLeast: 1 } })
 */
export function query(
  statement: string,
  { rows, ...options }: QueryOptions = {},
): DeclaredProbe<"clickhouse-query"> {
  return { kind: "clickhouse-query", statement, rows: { atLeast: 0, ...rows }, ...options };
}

/**
 * An HTTP GET.
 * @example get("/health/jwt", { json: { ready: true } })
 */
export function get(path: `/${string}`, options: Omit<HttpOptions, "body"> = {}): DeclaredProbe<"http"> {
  return http("GET", path, options);
}

/**
 * An HTTP POST with a JSON body.
 * @example post("/api/test/complete-flow", { json: { complete: true }, mutates: true })
 */
export function post(path: `/${string}`, options: HttpOptions = {}): DeclaredProbe<"http"> {
  return http("POST", path, options);
}

function http(
  method: "GET" | "POST",
  path: string,
  { headers = {}, status = 200, ...options }: HttpOptions,
): DeclaredProbe<"http"> {
  return {
    kind: "http",
    method,
    path,
    headers: { ...headers },
    status: typeof status === "number" ? [status] : [...status],
    ...options,
  };
}

/**
 * Opens a WebSocket and, where told so, sends a message and waits for the answer expected.
 * @example webSocket("/ws/test", { send: { type: "ping" }, expect: { type: "pong" } })
 */
export function webSocket(
  path: `/${string}`,
  {
    headers = {},
    ...options
  }: ProbeOptions & {
    readonly headers?: Readonly<Record<string, Text>>;
    readonly send?: Json;
    readonly expect?: Json;
  } = {},
): DeclaredProbe<"websocket"> {
  return { kind: "websocket", path, headers: { ...headers }, ...options };
}

/** Something accepts TCP connections on the port. Says little of an application: prefer a probe that speaks its protocol. */
export function tcp(port: number, options: ProbeOptions = {}): DeclaredProbe<"tcp"> {
  return { kind: "tcp", port, ...options };
}

/**
 * The container runs, and has run for some time without ending: "3s" unless told otherwise. Says little of a
 * service: it is for one that nobody can ask, such as a worker that takes its work from a queue.
 */
export function running({
  for: time = "3s",
  ...options
}: ProbeOptions & { readonly for?: Duration } = {}): DeclaredProbe<"running"> {
  return { kind: "running", for: time, ...options };
}

/** The job has run to its end with this exit code, 0 unless told otherwise. */
export function completed({
  exitCode = 0,
  ...options
}: ProbeOptions & { readonly exitCode?: number } = {}): DeclaredProbe<"completed"> {
  return { kind: "completed", exitCode, ...options };
}

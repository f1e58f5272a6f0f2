import { z } from "zod";
import type { Duration } from "../core/duration.ts";
import { durationSchema } from "../core/duration.ts";
import { jsonSchema } from "../core/json.ts";
import type { Protocol } from "./endpoint.ts";
import { validationLevels } from "./level.ts";
import { textSchema } from "./text.ts";

/** A bound on speed: the 95th percentile of `samples` measured requests must be under `under`. */
export const latencyBoundSchema = z.strictObject({
  under: durationSchema,
  samples: z.int().min(2).max(10_000),
});
export type LatencyBound = z.infer<typeof latencyBoundSchema>;

/** What every probe says besides its kind. */
const common = {
  /** How long one attempt may take. On timeout it is cancelled on the server as well. */
  timeout: durationSchema,
  /** The lowest validation level that asks for this probe. */
  level: z.enum(validationLevels),
  /** Whether an attempt writes: such a probe is left out at the level "production". */
  mutates: z.boolean(),
};

const query = {
  statement: z.string().min(1),
  /** How many rows the answer must have. */
  rows: z.strictObject({ atLeast: z.int().min(0), atMost: z.int().min(0).optional() }),
  p95: latencyBoundSchema.optional(),
};

/** A probe in a plan: nothing left to defaults. The union's `kind` names the file in lib/probe. */
export const probeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("postgres-query"), ...common, ...query }),
  z.strictObject({ kind: z.literal("postgres-connections"), ...common, count: z.int().min(1).max(1000) }),
  z.strictObject({ kind: z.literal("redis-ping"), ...common }),
  z.strictObject({ kind: z.literal("redis-memory"), ...common, under: z.number().gt(0).max(1) }),
  z.strictObject({ kind: z.literal("redis-latency"), ...common, p95: latencyBoundSchema }),
  z.strictObject({ kind: z.literal("clickhouse-query"), ...common, ...query }),
  z.strictObject({
    kind: z.literal("http"),
    ...common,
    method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
    path: z.string().startsWith("/"),
    headers: z.record(z.string(), textSchema),
    /** Sent as JSON. */
    body: jsonSchema.optional(),
    /** The statuses that pass. */
    status: z.array(z.int().min(100).max(599)).min(1),
    /** What the JSON body must contain; it may contain more. */
    json: jsonSchema.optional(),
  }),
  z.strictObject({
    kind: z.literal("websocket"),
    ...common,
    path: z.string().startsWith("/"),
    headers: z.record(z.string(), textSchema),
    /** The message sent once the connection is open: a text as it is, anything else as JSON. */
    send: jsonSchema.optional(),
    /** What a message that comes back must be: a text exactly, anything else as the part of a JSON message. */
    expect: jsonSchema.optional(),
  }),
  z.strictObject({ kind: z.literal("tcp"), ...common, port: z.int().min(1).max(65535) }),
  z.strictObject({ kind: z.literal("running"), ...common, for: durationSchema }),
  z.strictObject({ kind: z.literal("completed"), ...common, exitCode: z.int().min(0).max(255) }),
]);

export type Probe = z.infer<typeof probeSchema>;
export type ProbeKind = Probe["kind"];
export type ProbeOf<K extends ProbeKind> = Extract<Probe, { kind: K }>;

/** The probe kinds that speak a protocol; the others ask for no more than an address or the container. */
export const protocolOfKind = {
  "postgres-query": "postgres",
  "postgres-connections": "postgres",
  "redis-ping": "redis",
  "redis-memory": "redis",
  "redis-latency": "redis",
  "clickhouse-query": "clickhouse",
  http: "http",
  websocket: "http",
} as const satisfies Partial<Record<ProbeKind, Protocol>>;

/** What every probe may be told where it is declared. */
export interface ProbeOptions {
  /** How long one attempt may take. Default "5s". */
  readonly timeout?: Duration;
  /** The lowest validation level that asks for this probe. Default "comprehensive". */
  readonly level?: (typeof validationLevels)[number];
  /** Whether an attempt writes; such a probe is left out at the level "production". Default false. */
  readonly mutates?: boolean;
}

type Declared<P> = P extends Probe ? Omit<P, keyof typeof common> & ProbeOptions : never;

/** A probe as declared: what is left out is filled in when the plan is resolved. */
export type DeclaredProbe<K extends ProbeKind = ProbeKind> = Declared<ProbeOf<K>>;

/** Fills in what a declared probe leaves to defaults. */
export function resolveProbe(declared: DeclaredProbe): Probe {
  const { timeout = "5s", level = "comprehensive", mutates = false, ...rest } = declared;
  return { ...rest, timeout, level, mutates };
}

import { z } from "zod";
import type { Duration } from "../core/duration.ts";
import { positiveDuration } from "../core/duration.ts";
import { jsonSchema } from "../core/json.ts";
import { exactObject, textThat, wholeNumber } from "../core/schema-parts.ts";
import { customModuleSchema } from "./custom-module.ts";
import type { Protocol } from "./endpoint.ts";
import type { ValidationLevel } from "./level.ts";
import { validationLevels } from "./level.ts";
import { patternSchema } from "./pattern.ts";
import { commandSchema, textSchema } from "./text.ts";

/** A bound on speed: the 95th percentile of `samples` measured requests must be under `under`. */
export const latencyBoundSchema = exactObject({
  under: positiveDuration,
  samples: wholeNumber(2, 10_000),
});
export type LatencyBound = z.infer<typeof latencyBoundSchema>;

/**
 * What a probe that fails means once its service is ready: `restart`, the service is unhealthy and is restarted; `report`, it is
 * degraded, and left as it is.
 */
export const consequences = ["restart", "report"] as const;
export type Consequence = (typeof consequences)[number];

/** What every probe says besides its kind. */
export const commonProbeSchemas = {
  /** How long one attempt may take. On timeout it is cancelled on the server as well. */
  timeout: positiveDuration,
  /** The lowest validation level that asks for this probe. */
  level: z.enum(validationLevels),
  /** Whether an attempt writes: such a probe is left out at the level "production". */
  mutates: z.boolean(),
  /** What it means when it fails once the service is ready. Default: by what it asks, see lib/supervision/monitor-policy.ts. */
  whenFailing: z.enum(consequences).optional(),
};

const rowCount = wholeNumber(0, Number.MAX_SAFE_INTEGER);

const query = {
  statement: z.string().min(1),
  /** How many rows the answer must have. */
  rows: exactObject({ atLeast: rowCount, atMost: rowCount.optional() }).refine(
    ({ atLeast, atMost = Infinity }) => atLeast <= atMost,
    { error: "asks for more rows than it allows: atLeast is above atMost" },
  ),
  p95: latencyBoundSchema.optional(),
};

const pathSchema = textThat((text) => text.startsWith("/"), 'a path such as "/health"', { quoted: false });

/** A share of a whole, where none makes no sense. */
const shareSchema = z
  .number({ error: "must be a share from above 0 to 1, such as 0.9" })
  .gt(0, { error: "must be a share from above 0 to 1, such as 0.9" })
  .max(1, { error: "must be a share from above 0 to 1, such as 0.9" });

export const portSchema = wholeNumber(1, 65_535);

export const singleProbeSchemas = [
  exactObject({ kind: z.literal("postgres-query"), ...commonProbeSchemas, ...query }),
  exactObject({
    kind: z.literal("postgres-connections"),
    ...commonProbeSchemas,
    count: wholeNumber(1, 1000),
  }),
  exactObject({ kind: z.literal("redis-ping"), ...commonProbeSchemas }),
  exactObject({ kind: z.literal("redis-memory"), ...commonProbeSchemas, under: shareSchema }),
  exactObject({ kind: z.literal("redis-latency"), ...commonProbeSchemas, p95: latencyBoundSchema }),
  exactObject({ kind: z.literal("clickhouse-query"), ...commonProbeSchemas, ...query }),
  exactObject({
    kind: z.literal("http"),
    ...commonProbeSchemas,
    method: z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]),
    path: pathSchema,
    headers: z.record(z.string(), textSchema),
    /** Sent as JSON. */
    body: jsonSchema.optional(),
    /** The statuses that pass. */
    status: z.array(wholeNumber(100, 599)).min(1),
    /** What the JSON body must contain; it may contain more. */
    json: jsonSchema.optional(),
    p95: latencyBoundSchema.optional(),
  }),
  exactObject({
    kind: z.literal("websocket"),
    ...commonProbeSchemas,
    path: pathSchema,
    headers: z.record(z.string(), textSchema),
    /** The message sent once the connection is open: a text as it is, anything else as JSON. */
    send: jsonSchema.optional(),
    /** What a message that comes back must be: a text exactly, anything else as the part of a JSON message. */
    expect: jsonSchema.optional(),
  }),
  exactObject({
    kind: z.literal("grpc-health"),
    ...commonProbeSchemas,
    port: portSchema,
    /** The name that is asked for; empty asks for the server as a whole. */
    service: z.string().max(1000),
  }),
  exactObject({ kind: z.literal("tcp"), ...commonProbeSchemas, port: portSchema }),
  exactObject({
    kind: z.literal("dns-name"),
    ...commonProbeSchemas,
    name: z.string().min(1).max(253),
    addresses: exactObject({ atLeast: wholeNumber(1, 1000) }),
    /** The name server that is asked, "10.0.0.2:53"; the prober's own unless given. */
    server: textThat(
      (text) => /^(\d+(\.\d+){3}|\[[\da-fA-F:]+\])(:\d{1,5})?$|^[\da-fA-F:]+$/.test(text),
      'an address such as "10.0.0.2" or "10.0.0.2:53"',
    ).optional(),
  }),
  exactObject({ kind: z.literal("log-line"), ...commonProbeSchemas, pattern: patternSchema }),
  exactObject({
    kind: z.literal("exec"),
    ...commonProbeSchemas,
    command: commandSchema,
    exitCode: wholeNumber(0, 255),
    stdout: patternSchema.optional(),
  }),
  exactObject({ kind: z.literal("engine-healthy"), ...commonProbeSchemas }),
  exactObject({
    kind: z.literal("custom"),
    ...commonProbeSchemas,
    /** The file of the declaration's project whose default export is the probe. */
    module: customModuleSchema,
    with: jsonSchema.optional(),
    /** What the probe may ask for with `secret(name)`. */
    secrets: z.record(z.string(), textSchema),
  }),
  exactObject({ kind: z.literal("running"), ...commonProbeSchemas, for: positiveDuration }),
  exactObject({ kind: z.literal("completed"), ...commonProbeSchemas, exitCode: wholeNumber(0, 255) }),
] as const;

type SingleProbe = z.infer<(typeof singleProbeSchemas)[number]>;

interface Common {
  readonly timeout: Duration;
  readonly level: ValidationLevel;
  readonly mutates: boolean;
  readonly whenFailing?: Consequence | undefined;
}

/** Probes put together. A part has the level of the whole, and at most its timeout. */
type CompositeProbe = Common &
  (
    | { readonly kind: "all" | "any"; readonly parts: readonly Probe[] }
    | { readonly kind: "not"; readonly part: Probe }
  );

/** A probe in a plan: nothing left to defaults. The union's `kind` names the file in lib/probe. */
export type Probe = SingleProbe | CompositeProbe;

// Lazy, because composites hold probes.
export const probeSchema: z.ZodType<Probe> = z.lazy(() =>
  z.discriminatedUnion("kind", [
    ...singleProbeSchemas,
    exactObject({
      kind: z.enum(["all", "any"]),
      ...commonProbeSchemas,
      parts: z.array(probeSchema).min(1).max(100),
    }),
    exactObject({ kind: z.literal("not"), ...commonProbeSchemas, part: probeSchema }),
  ]),
);

export type ProbeKind = SingleProbe["kind"];
export type ProbeOf<K extends ProbeKind> = Extract<SingleProbe, { kind: K }>;

/** The probe kinds that speak a protocol with the service's own account or port; the others ask for no more than an address or the container. */
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

/** The protocol that a probe of this kind speaks, where it speaks one of the service's own. */
export function protocolOf(kind: Probe["kind"]): Protocol | undefined {
  return Object.hasOwn(protocolOfKind, kind)
    ? protocolOfKind[kind as keyof typeof protocolOfKind]
    : undefined;
}

/** The probe kinds that look at a service's container, and not over the network. */
const containerKinds: readonly Probe["kind"][] = [
  "completed",
  "running",
  "log-line",
  "exec",
  "engine-healthy",
];

/** Whether a probe goes over the network, as a client of the service would, in all its parts: it can run from anywhere. */
export function asksOverNetwork(probe: Probe): boolean {
  return !containerKinds.includes(probe.kind) && partsOf(probe).every(asksOverNetwork);
}

/** The options of every probe. */
export interface ProbeOptions {
  /** How long one attempt may take. Default "5s". */
  readonly timeout?: Duration;
  /** The lowest validation level that asks for this probe. Default "comprehensive". */
  readonly level?: ValidationLevel;
  /** Whether an attempt writes; such a probe is left out at the level "production". Default false. */
  readonly mutates?: boolean;
  /**
   * What it means when it fails once the service is ready: "restart" or "report". Default: a measurement (p95, memory), and a
   * database that answers wrongly, are reported; everything else restarts the service.
   */
  readonly whenFailing?: Consequence;
}

type Said<K extends ProbeKind> = Omit<ProbeOf<K>, keyof Common> & ProbeOptions;

/** A probe as declared, of one kind. A mapped type, for its name: the editor shows that, and not what it is made of. */
export type DeclaredAs<K extends ProbeKind> = { readonly [Key in keyof Said<K>]: Said<K>[Key] };

/** A probe as declared, of any of these kinds, that is not put together of others. */
export type DeclaredSingle<K extends ProbeKind = ProbeKind> = K extends ProbeKind ? DeclaredAs<K> : never;

/** Every part must pass, or at least one. */
export interface DeclaredGroup<P> extends ProbeOptions {
  readonly kind: "all" | "any";
  readonly parts: readonly P[];
}

/** The part must not pass. */
export interface DeclaredNot<P> extends ProbeOptions {
  readonly kind: "not";
  readonly part: P;
}

/**
 * A probe of one of these kinds as declared, or one put together of them: what is left out is filled in when
 * the plan is resolved. `completed` stands alone: it is enabled for every job, at every level.
 */
export type DeclaredProbe<K extends ProbeKind = ProbeKind> =
  | DeclaredSingle<K>
  | DeclaredGroup<DeclaredProbe<Exclude<K, "completed">>>
  | DeclaredNot<DeclaredProbe<Exclude<K, "completed">>>;

/** The probes that a probe is put together of; none of most. */
export function partsOf(probe: Probe): readonly Probe[];
export function partsOf(probe: DeclaredProbe): readonly DeclaredProbe[];
export function partsOf(probe: Probe | DeclaredProbe): readonly (Probe | DeclaredProbe)[] {
  if (probe.kind === "all" || probe.kind === "any") return probe.parts;
  return probe.kind === "not" ? [probe.part] : [];
}

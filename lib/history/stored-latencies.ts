import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LatencyDigest } from "./latency-digest.ts";
import { digestOf, merged, packDigest, unpackDigest } from "./latency-digest.ts";
import type { AttemptLatency } from "../model/latencies.ts";
import { packAttempts, unpackAttempts } from "./packed-attempts.ts";
import { text } from "./rows.ts";

/** An attempt of a probe of a service. */
export interface ProbeAttempt extends AttemptLatency {
  readonly service: string;
  readonly probe: string;
  readonly kind: string;
}

/** What the attempts of a probe within a minute, or an hour, have come to. Milliseconds. */
export interface LatencyBucket {
  readonly fromMs: number;
  readonly passed: number;
  readonly failed: number;
  /** Those that say nothing of the service. */
  readonly unknown: number;
  /** Of those that have passed, as all that follows: the others took as long as their timeout, or no time at all. */
  readonly sumMs: number;
  readonly maxMs: number;
  readonly digest: LatencyDigest;
}

/** Which attempts of which probe: all from `sinceMs` on, and before `untilMs`. */
export interface LatencyQuery {
  readonly service: string;
  readonly probe: string;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** Every function of it throws what SQLite throws. */
export interface StoredLatencies {
  keep(attempts: readonly ProbeAttempt[]): void;
  /** Oldest first. */
  attempts(query: LatencyQuery): readonly AttemptLatency[];
  minutes(query: LatencyQuery): readonly LatencyBucket[];
  hours(query: LatencyQuery): readonly LatencyBucket[];
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

const mib = 1024 * 1024;

/**
 * For how long attempts are kept, and in how many bytes of the file at most: where there are more probes than that is enough for, the
 * oldest go sooner. It is enough for about 110 probes at an interval of 15 s for a day, 50 for a week, 80 for a quarter.
 */
export const keptLatencies = {
  attempts: { forMs: dayMs, bytes: 8 * mib },
  minutes: { forMs: 7 * dayMs, bytes: 16 * mib },
  hours: { forMs: 91 * dayMs, bytes: 12 * mib },
} as const;

/** What a row takes besides its blob, at most. */
const rowBytes = 24;

/** So many probes are known at once. Those of services that are no more make room when they have no hours left. */
export const mostProbes = 4096;

/** What an id holds beside the probe's: see lib/history/schema.ts. */
const places = 65_536;

/** So many old rows are taken away at once: after a long time without a coordinator there may be many. */
const forgottenAtOnce = 2000;
const fewRows = 50;

type Table = keyof typeof keptLatencies;

export function storedLatencies(database: DatabaseSync): StoredLatencies {
  const sql = statements(database);
  const probes = new Map<string, number>(
    sql.probes
      .all()
      .map((row) => [keyOf(text(row, "service"), text(row, "probe"), text(row, "kind")), Number(row["id"])]),
  );
  const bytes = Object.fromEntries(
    Object.entries(sql.tables).map(([table, { size }]) => [table, Number(size.get()?.["bytes"])]),
  ) as Record<Table, number>;

  function probeId({ service, probe, kind }: ProbeAttempt): number | undefined {
    const key = keyOf(service, probe, kind);
    const known = probes.get(key);
    if (known !== undefined) return known;
    if (probes.size >= mostProbes) forgetProbes();
    const ids = new Set(probes.values());
    const id = Array.from({ length: mostProbes }, (_, i) => i + 1).find((one) => !ids.has(one));
    if (id === undefined) return undefined;
    sql.keepProbe.run(id, service, probe, kind);
    probes.set(key, id);
    return id;
  }

  function forgetProbes(): void {
    sql.forgetProbes.run();
    const left = new Set(sql.probes.all().map((row) => Number(row["id"])));
    for (const [key, id] of probes) if (!left.has(id)) probes.delete(key);
  }

  function keepMinute(probe: number, minute: number, attempts: readonly AttemptLatency[]): void {
    const id = minute * places + probe;
    const before = sql.tables.attempts.read.get(id);
    const earlier = before === undefined ? undefined : blob(before, "packed");
    const packed = packAttempts(attempts);
    put("attempts", earlier, id, earlier === undefined ? packed : joined(earlier, packed));
    const added = bucketOf(0, attempts);
    for (const [table, lengthMs] of [
      ["minutes", minuteMs],
      ["hours", hourMs],
    ] as const) {
      const own = Math.floor((minute * minuteMs) / lengthMs) * places + probe;
      const row = sql.tables[table].read.get(own);
      const { passed, failed, unknown, sumMs, maxMs, digest } =
        row === undefined ? added : sumOf([bucket(row, lengthMs), added]);
      const known = row === undefined ? undefined : blob(row, "digest");
      put(table, known, own, passed, failed, unknown, sumMs, maxMs, packDigest(digest));
    }
  }

  /** Puts a row in the place of the one whose blob was `before`; the last value is its own. */
  function put(
    table: Table,
    before: Uint8Array | undefined,
    ...values: readonly [...number[], Uint8Array]
  ): void {
    sql.tables[table].put.run(...values);
    const own = values.at(-1) as Uint8Array;
    bytes[table] += own.length + (before === undefined ? rowBytes : -before.length);
  }

  function forget(nowMs: number): void {
    for (const table of ["attempts", "minutes", "hours"] as const) {
      const { forMs, bytes: most } = keptLatencies[table];
      const before = Math.floor((nowMs - forMs) / (table === "hours" ? hourMs : minuteMs)) * places;
      const { forgetBefore, forgetOldest } = sql.tables[table];
      const sizeOf = (rows: readonly Row[]) => rows.reduce((sum, row) => sum + Number(row["bytes"]), 0);
      bytes[table] -= sizeOf(forgetBefore.all(before, forgottenAtOnce));
      for (let rows = 0; bytes[table] > most && rows < forgottenAtOnce; rows += fewRows) {
        const size = sizeOf(forgetOldest.all(fewRows));
        if (size === 0) return;
        bytes[table] -= size;
      }
    }
  }

  function* idsOf({ service, probe, sinceMs, untilMs }: LatencyQuery, lengthMs: number): Iterable<number> {
    const own = [...probes].filter(([key]) => key.startsWith(keyOf(service, probe, ""))).map(([, id]) => id);
    const end = Math.ceil(untilMs / lengthMs);
    for (let step = Math.floor(sinceMs / lengthMs); step < end; step++)
      for (const id of own) yield step * places + id;
  }

  const buckets = (table: "minutes" | "hours", lengthMs: number) => (query: LatencyQuery) =>
    [...idsOf(query, lengthMs)].flatMap((id) => {
      const row = sql.tables[table].read.get(id);
      return row === undefined ? [] : [bucket(row, lengthMs)];
    });

  return {
    keep: (attempts) => {
      const byMinute = Map.groupBy(
        attempts,
        (one) => `${Math.floor(one.atMs / minuteMs)} ${keyOf(one.service, one.probe, one.kind)}`,
      );
      for (const own of byMinute.values()) {
        const [first] = own;
        if (first === undefined) continue;
        const id = probeId(first);
        if (id !== undefined) keepMinute(id, Math.floor(first.atMs / minuteMs), own);
      }
      const lastMs = attempts.reduce((last, { atMs }) => Math.max(last, atMs), -Infinity);
      if (lastMs > 0) forget(lastMs);
    },
    attempts: (query) =>
      [...idsOf(query, minuteMs)]
        .flatMap((id) => {
          const row = sql.tables.attempts.read.get(id);
          const fromMs = Math.floor(id / places) * minuteMs;
          return row === undefined ? [] : unpackAttempts(blob(row, "packed"), fromMs);
        })
        .filter(({ atMs }) => atMs >= query.sinceMs && atMs < query.untilMs),
    minutes: buckets("minutes", minuteMs),
    hours: buckets("hours", hourMs),
  };
}

/** What buckets come to together; the first says when it begins. */
export function sumOf(all: readonly LatencyBucket[]): LatencyBucket {
  const sum = (one: (bucket: LatencyBucket) => number) => all.reduce((total, next) => total + one(next), 0);
  return {
    fromMs: all[0]?.fromMs ?? 0,
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    unknown: sum(({ unknown }) => unknown),
    sumMs: sum(({ sumMs }) => sumMs),
    maxMs: all.reduce((most, { maxMs }) => Math.max(most, maxMs), 0),
    digest: merged(all.map(({ digest }) => digest)),
  };
}

function bucketOf(fromMs: number, attempts: readonly AttemptLatency[]): LatencyBucket {
  const times = attempts.filter(({ status }) => status === "passed").map(({ tookMs }) => tookMs);
  const of = (wanted: AttemptLatency["status"]) => attempts.filter(({ status }) => status === wanted).length;
  return {
    fromMs,
    passed: times.length,
    failed: of("failed"),
    unknown: of("unknown"),
    sumMs: times.reduce((sum, ms) => sum + ms, 0),
    maxMs: times.reduce((most, ms) => Math.max(most, ms), 0),
    digest: digestOf(times),
  };
}

type Row = Record<string, unknown>;

function bucket(row: Row, lengthMs: number): LatencyBucket {
  return {
    fromMs: Math.floor(Number(row["id"]) / places) * lengthMs,
    passed: Number(row["passed"]),
    failed: Number(row["failed"]),
    unknown: Number(row["unknown"]),
    sumMs: Number(row["sum_ms"]),
    maxMs: Number(row["max_ms"]),
    digest: unpackDigest(blob(row, "digest")),
  };
}

function blob(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new TypeError(`the column ${column} holds no bytes`);
  return value;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}

/** Names hold no line breaks. */
function keyOf(service: string, probe: string, kind: string): string {
  return `${service}\n${probe}\n${kind}`;
}

interface TableStatements {
  readonly size: StatementSync;
  readonly read: StatementSync;
  readonly put: StatementSync;
  readonly forgetBefore: StatementSync;
  readonly forgetOldest: StatementSync;
}

function statements(database: DatabaseSync) {
  const prepare = (query: string) => database.prepare(query);
  const table = (name: Table, columns: number, blobColumn: string): TableStatements => {
    const forgets = (which: string) =>
      prepare(
        `DELETE FROM ${name} WHERE id IN (SELECT id FROM ${name} ${which} ORDER BY id LIMIT ?)
         RETURNING length(${blobColumn}) + ${rowBytes} AS bytes`,
      );
    return {
      size: prepare(`SELECT coalesce(sum(length(${blobColumn}) + ${rowBytes}), 0) AS bytes FROM ${name}`),
      read: prepare(`SELECT * FROM ${name} WHERE id = ?`),
      put: prepare(`INSERT OR REPLACE INTO ${name} VALUES (${Array(columns).fill("?").join(", ")})`),
      forgetBefore: forgets("WHERE id < ?"),
      forgetOldest: forgets(""),
    };
  };
  return {
    probes: prepare("SELECT id, service, probe, kind FROM probes"),
    keepProbe: prepare("INSERT INTO probes (id, service, probe, kind) VALUES (?, ?, ?, ?)"),
    forgetProbes: prepare(
      `DELETE FROM probes WHERE id NOT IN (SELECT DISTINCT id % ${places} FROM hours)
       AND id NOT IN (SELECT DISTINCT id % ${places} FROM minutes)`,
    ),
    tables: {
      attempts: table("attempts", 2, "packed"),
      minutes: table("minutes", 7, "digest"),
      hours: table("hours", 7, "digest"),
    },
  };
}

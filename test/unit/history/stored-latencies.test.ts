import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { noHistory } from "../../../lib/history/history.ts";
import type { History } from "../../../lib/history/history.ts";
import { digestOf, digestPercentile } from "../../../lib/history/latency-digest.ts";
import { migrate, steps } from "../../../lib/history/schema.ts";
import { storedHistory } from "../../../lib/history/stored-history.ts";
import type { ProbeAttempt } from "../../../lib/history/stored-latencies.ts";
import { keptLatencies, mostProbes, sumOf } from "../../../lib/history/stored-latencies.ts";
import { startRecord } from "../../support/records.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { incident, transition } from "../../support/transitions.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** The beginning of an hour. */
const startMs = 472_222 * hourMs;

let database: DatabaseSync;
let history: History;
let deferred: (() => void)[];

const open = () =>
  storedHistory(
    database,
    () => undefined,
    (work) => deferred.push(work),
  );
const count = (table: string) => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"]);

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  migrate(database);
  deferred = [];
  history = open();
});
afterEach(() => history.close());

function attempt(atMs: number, tookMs: number, patch: Partial<ProbeAttempt> = {}): ProbeAttempt {
  return { service: "redis", probe: "ping", kind: "tcp", status: "passed", tookMs, atMs, ...patch };
}

const all = { service: "redis", probe: "ping", sinceMs: 0 };

/** Those of a time that are there: an endless query would look at every minute since 1970. */
const during = (sinceMs: number, untilMs: number) => ({ ...all, sinceMs, untilMs });

describe("attempts", () => {
  test("are kept as they were, by the minute and by the hour, also where they come in several batches", () => {
    const random = seededRandom(5);
    const attempts = Array.from({ length: 400 }, (_, i) =>
      attempt(startMs + i * 15_000, Math.round(random() * 300)),
    );
    for (let i = 0; i < attempts.length; i += 7) history.figures.attempts(attempts.slice(i, i + 7));
    const query = during(startMs, startMs + 2 * hourMs);
    const { latencies } = history.figures;
    expect(latencies.attempts(query)).toEqual(
      attempts.map(({ status, tookMs, atMs }) => ({ status, tookMs, atMs })),
    );
    expect(latencies.minutes(query)).toHaveLength(100);
    const hours = latencies.hours(query);
    expect(hours.map(({ fromMs, passed }) => [fromMs, passed])).toEqual([
      [startMs, 240],
      [startMs + hourMs, 160],
    ]);
    const times = attempts.map(({ tookMs }) => tookMs);
    for (const whole of [sumOf(latencies.minutes(query)), sumOf(hours)]) {
      expect(whole).toMatchObject({ passed: 400, failed: 0, unknown: 0, maxMs: Math.max(...times) });
      expect(whole.sumMs).toBe(times.reduce((sum, ms) => sum + ms, 0));
      expect(digestPercentile(whole.digest, 95)).toBe(digestPercentile(digestOf(times), 95));
    }
  });

  test("that do not pass are counted, and say nothing of latencies", () => {
    history.figures.attempts([
      attempt(startMs, 10),
      attempt(startMs + 1, 5000, { status: "failed" }),
      attempt(startMs + 2, 0, { status: "unknown" }),
      attempt(startMs + 3, 70, { probe: "memory" }),
    ]);
    expect(history.figures.latencies.minutes(during(startMs, startMs + 1))).toEqual([
      {
        ...{ fromMs: startMs, passed: 1, failed: 1, unknown: 1 },
        ...{ sumMs: 10, maxMs: 10, digest: digestOf([10]) },
      },
    ]);
  });

  test("make room by themselves: after a day, a week, a quarter", () => {
    const at = (days: number) => history.figures.attempts([attempt(startMs + days * dayMs, 10)]);
    const there = () => {
      history.figures.latencies.hours(during(0, 0));
      return [count("attempts"), count("minutes"), count("hours")];
    };
    at(0);
    at(1.1);
    expect(there()).toEqual([1, 2, 2]);
    at(7.1);
    expect(there()).toEqual([1, 2, 3]);
    at(91.1);
    expect(there()).toEqual([1, 1, 3]);
  });

  test("of more probes than there is room for are kept for a shorter time, in no more bytes", () => {
    const insert = database.prepare("INSERT INTO attempts VALUES (?, ?)");
    const long = new Uint8Array(7 * 600);
    const most = keptLatencies.attempts.bytes;
    const rows = Math.floor(most / long.length) + 500;
    database.exec("BEGIN");
    for (let i = 0; i < rows; i++) insert.run((startMs / minuteMs) * 65_536 + i, long);
    database.exec("COMMIT");
    history = open();
    history.figures.attempts([attempt(startMs + 10 * minuteMs, 10)]);
    const last = during(startMs + 10 * minuteMs, startMs + 11 * minuteMs);
    expect(history.figures.latencies.attempts(last)).toHaveLength(1);
    const size = () =>
      database.prepare("SELECT sum(length(packed)) AS n, min(id) % 65536 AS first FROM attempts").get();
    expect(Number(size()?.["n"])).toBeLessThan(most);
    expect(Number(size()?.["n"])).toBeGreaterThan(most * 0.9);
    expect(Number(size()?.["first"])).toBeGreaterThan(500);
  });

  test("of probes beyond the most are kept where those that are no more have no hours left", () => {
    const insert = database.prepare("INSERT INTO probes VALUES (?, ?, 'ping', 'tcp')");
    for (let id = 1; id <= mostProbes; id++) insert.run(id, `gone${id}`);
    history = open();
    history.figures.attempts([attempt(startMs, 10)]);
    expect(history.figures.latencies.minutes(during(startMs, startMs + 1))).toHaveLength(1);
    expect(count("probes")).toBe(1);
  });
});

test("a file of the version before has its records, and takes figures", () => {
  const old = new DatabaseSync(":memory:");
  // What was released before there were figures.
  migrate(old, steps.slice(0, 3));
  const { outcome, ...record } = startRecord("redis", 1200);
  old
    .prepare("INSERT INTO starts (service, outcome, record) VALUES ('redis', ?, ?)")
    .run(outcome, JSON.stringify(record));
  const { seq, atMs, from, to, cause } = transition(7, "redis");
  old
    .prepare("INSERT INTO transitions VALUES (?, ?, 'redis', ?, ?, ?, 1, 1)")
    .run(seq, atMs, from, to, JSON.stringify(cause));
  old.prepare("INSERT INTO incidents VALUES (1, ?)").run(JSON.stringify(incident(1, "redis")));
  migrate(old);
  const migrated = storedHistory(old, () => undefined);
  migrated.figures.deployment({ beganMs: 5, endedMs: 9, outcome: "failed", phase: "app" });
  migrated.figures.watched({ sinceMs: 1, untilMs: 2 });
  const facts = migrated.figures.facts({ sinceMs: 0, untilMs: 2_000_000 });
  expect(facts).toMatchObject({
    starts: [{ service: "redis", outcome: "ready", fromStart: true, startedMs: 1_000_000 }],
    transitions: [{ seq: 7, service: "redis", incident: 1 }],
    incidents: [{ id: 1, root: "redis" }],
    deployments: [{ beganMs: 5, endedMs: 9, outcome: "failed", phase: "app" }],
    watched: [{ sinceMs: 1, untilMs: 2 }],
    completeFromMs: { starts: 0, transitions: 0, incidents: 0, deployments: 0 },
  });
  migrated.close();
});

describe("the facts of a time", () => {
  test("are those within it, and of each service the last transition before it", () => {
    for (const seq of [1, 2, 3]) history.transition(transition(seq, "redis", { atMs: seq * 100 }));
    history.transition(transition(4, "auth", { atMs: 150 }));
    history.transition(transition(5, "auth", { atMs: 400 }));
    history.figures.held({ sinceMs: 10, untilMs: 900 });
    history.figures.held({ sinceMs: 10, untilMs: 240 });
    const facts = history.figures.facts({ sinceMs: 250, untilMs: 350 });
    expect(facts.transitions.map(({ seq }) => seq)).toEqual([2, 4, 3]);
    expect(facts.holds).toEqual([]);
    expect(history.figures.facts({ sinceMs: 200, untilMs: 350 }).holds).toEqual([
      { sinceMs: 10, untilMs: 240 },
    ]);
  });

  test("say from when on they are all there, where older ones have made room", () => {
    for (let id = 1; id <= 520; id++) history.incident(incident(id, "redis", { openedMs: id }));
    for (let n = 1; n <= 230; n++) history.start()({ ...startRecord("redis", 5), beganMs: n });
    history.start()({ ...startRecord("auth", 5), beganMs: 1 });
    expect(history.figures.facts({ sinceMs: 0, untilMs: 9 }).completeFromMs).toEqual({
      ...{ starts: 31, transitions: 0, deployments: 0 },
      incidents: 21,
    });
  });

  test("are not to be had where there is no history, and what is written is lost", () => {
    const { figures } = noHistory("it is gone");
    figures.attempts([attempt(1, 1)]);
    figures.watched({ sinceMs: 1, untilMs: 2 });
    expect(() => figures.facts({ sinceMs: 0, untilMs: 1 })).toThrow(
      expect.objectContaining({ code: "PHASEGATE_HISTORY_UNREADABLE" }),
    );
  });
});

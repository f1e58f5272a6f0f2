import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../../lib/history/open-database.ts";
import { openHistory } from "../../../lib/history/open-history.ts";
import { migrate, steps } from "../../../lib/history/schema.ts";
import type { ServiceFailure, ServiceStatus } from "../../../lib/model/status.ts";
import { storedHistory } from "../../../lib/history/stored-history.ts";
import { usableDatabase } from "../../../lib/history/usable-database.ts";
import type { Say } from "../../../lib/history/writing.ts";
import { readinessSpec } from "../../support/desired.ts";
import { gateRecord, lateRecord, startRecord } from "../../support/records.ts";
import { probeStatus, serviceStatus } from "../../support/statuses.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const version = (database: DatabaseSync) => database.prepare("PRAGMA user_version").get()?.["user_version"];

function open(file: string, say: Say = () => undefined) {
  return openHistory(usableDatabase(file, say), say);
}

describe("the steps from one version to the next", () => {
  test.for(steps.map((_, i) => i + 1))("a history of version %i is brought to the latest", (from) => {
    const database = new DatabaseSync(":memory:");
    migrate(database, steps.slice(0, from));
    database
      .prepare("INSERT INTO starts (service, outcome, record) VALUES ('redis', 'ready', ?)")
      .run(JSON.stringify(startRecord("redis", 1200)));
    migrate(database);
    expect(version(database)).toBe(steps.length);
    expect(database.prepare("SELECT service, outcome FROM starts").all()).toMatchObject([
      { service: "redis", outcome: "ready" },
    ]);
  });

  test("a step of a later version is taken once, and nothing else again", () => {
    const database = new DatabaseSync(":memory:");
    migrate(database);
    database.exec("INSERT INTO starts (service, outcome, record) VALUES ('redis', 'ready', '{}')");
    const later = [...steps, "ALTER TABLE starts ADD COLUMN note TEXT DEFAULT 'none'"];
    migrate(database, later);
    migrate(database, later);
    expect(version(database)).toBe(steps.length + 1);
    expect(database.prepare("SELECT service, note FROM starts").all()).toMatchObject([
      { service: "redis", note: "none" },
    ]);
  });

  test("a step that fails leaves nothing of itself, and the ones before it done", () => {
    const database = new DatabaseSync(":memory:");
    const broken = [...steps, "CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)"];
    expect(() => migrate(database, broken)).toThrow("no such table: nowhere");
    expect(version(database)).toBe(steps.length);
    expect(database.prepare("SELECT name FROM sqlite_schema WHERE name = 'half'").all()).toEqual([]);
  });
});

/** As version 1 wrote it. */
function story({ specHash, ...rest }: ServiceStatus): object {
  return { ...rest, registration: specHash };
}

test("records of version 1 read as those of today, good starts among them", () => {
  const database = new DatabaseSync(":memory:");
  migrate(database, steps.slice(0, 1));
  const starts = [startRecord("redis", 1200), lateRecord("auth", 5000)];
  const insertStart = database.prepare("INSERT INTO starts (service, outcome, record) VALUES (?, ?, ?)");
  for (const { outcome, status, ...rest } of starts)
    insertStart.run(status.service, outcome, JSON.stringify({ ...rest, story: story(status) }));

  const failure = (service: string): ServiceFailure => ({
    service,
    reason: "deadline",
    status: serviceStatus(service, { state: "failed", probes: [probeStatus("ping")] }),
    usedMs: 270_000,
    exit: { code: 1, outOfMemory: false, startError: "" },
    logs: ['it is called "story"'],
    lastGood: undefined,
    advice: [],
  });
  const edges = {
    statuses: [{ dependent: "auth", needed: "redis", probe: probeStatus("ping") }],
    usedMs: 1,
    budgetMs: 2,
  };
  const gates = [
    gateRecord("data", false, { failures: [failure("redis"), failure("postgres")] }),
    gateRecord("app", false, { edges }),
    gateRecord("web", false),
  ];
  const insertGate = database.prepare("INSERT INTO gates (phase, opened, record) VALUES (?, 0, ?)");
  for (const gate of gates) {
    const failures = gate.failures.map(({ status, ...rest }) => ({ ...rest, story: story(status) }));
    const earlier = gate.edges && {
      edges: { stories: edges.statuses, usedMs: edges.usedMs, budgetMs: edges.budgetMs },
    };
    insertGate.run(gate.phase, JSON.stringify({ ...gate, failures, ...earlier }));
  }
  database
    .prepare("INSERT INTO good (service, ready_ms, setup, expectation) VALUES ('redis', 7, NULL, ?)")
    .run(JSON.stringify(readinessSpec()));

  migrate(database);
  const history = storedHistory(database, () => undefined);
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  expect(history.starts({ last: 10 }).records).toEqual(plain(starts.toReversed()));
  expect(history.closedGates({ last: 10 }).records).toEqual(plain(gates.toReversed()));
  expect(history.lastGood("redis")).toEqual({ readyMs: 7, setup: undefined, spec: readinessSpec() });
  history.close();
});

describe("opening", () => {
  test("a history of a newer version is refused and left as it is; the coordinator goes on without one", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "history.db");
    const { database } = openDatabase(file);
    database.exec(`PRAGMA user_version = ${steps.length + 1}`);
    database.close();
    const before = readFileSync(file);
    const said: string[] = [];
    const history = open(file, (event, fields) => said.push(`${event} ${JSON.stringify(fields)}`));
    const why = `${file} cannot be used: it is of version ${steps.length + 1}, and this coordinator knows versions up to ${steps.length}: a newer one has written it`;
    expect(history.problem()).toBe(why);
    expect(said).toEqual([`history-off ${JSON.stringify({ why })}`]);
    history.start()(startRecord("redis", 1));
    expect(() => history.starts({ last: 1 })).toThrow(
      expect.objectContaining({
        code: "PHASEGATE_HISTORY_UNREADABLE",
        message: `the history cannot be read: ${why}`,
      }),
    );
    history.close();
    expect(readFileSync(file)).toEqual(before);
  });

  test("a history that lacks a table is none, and is no reason to throw", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "history.db");
    const { database } = openDatabase(file);
    database.exec("DROP TABLE good");
    database.close();
    const history = open(file);
    expect(history.problem()).toBe(`${file} cannot be used: no such table: good`);
    history.start()(startRecord("redis", 1));
    history.close();
  });

  test("a file that cannot be made is no reason to throw", () => {
    const history = open("/nowhere/history.db");
    expect(history.problem()).toBe("/nowhere/history.db cannot be used: unable to open database file");
  });

  test.each([
    [
      "is no database",
      () => Buffer.from("this is not a database, and it is long enough to be taken for one"),
    ],
    [
      "is a torn one",
      (sound: Buffer) => Buffer.concat([sound.subarray(0, 4096), Buffer.alloc(sound.length - 4096, 7)]),
    ],
  ])("a file that %s is set aside, and a new history begun", (_, spoil) => {
    using folder = temporaryFolder();
    const file = join(folder.path, "history.db");
    const first = open(file);
    for (let i = 0; i < 50; i++) first.start()(startRecord("redis", i));
    first.close();
    const spoilt = spoil(readFileSync(file));
    writeFileSync(file, spoilt);

    const said: string[] = [];
    const history = open(file, (event, fields) => said.push(`${event} ${JSON.stringify(fields)}`));
    expect(said).toEqual([`history-damaged {"setAside":"${file}.damaged"}`]);
    expect(history.problem()).toBeUndefined();
    history.start()(startRecord("redis", 1));
    expect(history.starts({ last: 10 }).records).toHaveLength(1);
    history.close();
    expect(readFileSync(`${file}.damaged`)).toEqual(spoilt);
  });

  test("what was under way when the coordinator ended is broken off", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "history.db");
    const first = open(file);
    first.start()(startRecord("redis", 1));
    first.start()(startRecord("auth", 1, { outcome: "under-way" }));
    first.close();
    const history = open(file);
    expect(
      history.starts({ last: 10 }).records.map(({ status, outcome }) => [status.service, outcome]),
    ).toEqual([
      ["auth", "broken-off"],
      ["redis", "ready"],
    ]);
    history.close();
  });
});

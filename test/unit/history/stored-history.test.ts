import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { History } from "../../../lib/history/history.ts";
import { migrate } from "../../../lib/history/schema.ts";
import { keptStarts, keptVerdicts, storedHistory } from "../../../lib/history/stored-history.ts";
import { readinessSpec } from "../../support/desired.ts";
import { gateRecord, startRecord } from "../../support/records.ts";

let database: DatabaseSync;
let history: History;
let said: string[];
let deferred: (() => void)[];

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  migrate(database);
  said = [];
  deferred = [];
  history = storedHistory(
    database,
    (event, fields) => said.push(`${event} ${JSON.stringify(fields ?? {})}`),
    (work) => deferred.push(work),
  );
});
afterEach(() => {
  if (database.isOpen) history.close();
});

describe("starts", () => {
  test("are read as they were kept, the newest first, of all services or of one", () => {
    const records = [startRecord("redis", 100), startRecord("auth", 200), startRecord("redis", 300)];
    for (const record of records) history.start()(record);
    expect(history.starts({ last: 10 })).toEqual({ records: records.toReversed(), cut: false });
    expect(history.starts({ services: ["redis"], last: 1 }).records).toEqual([records[2]]);
    expect(history.starts({ services: ["web"], last: 1 }).records).toEqual([]);
  });

  test("what is known later takes the place of what was known before", () => {
    const keep = history.start();
    keep(startRecord("redis", 100, { outcome: "under-way" }));
    history.start()(startRecord("auth", 100));
    keep(startRecord("redis", 100));
    expect(
      history.starts({ last: 10 }).records.map(({ status, outcome }) => `${status.service} ${outcome}`),
    ).toEqual(["auth ready", "redis ready"]);
  });

  test("the last of each service are kept, and no more of one service for there being many of another", () => {
    history.start()(startRecord("auth", 1));
    for (let i = 1; i <= keptStarts + 30; i++) history.start()(startRecord("redis", i));
    const kept = history.starts({ services: ["redis"], last: 500 }).records;
    expect(kept).toHaveLength(keptStarts);
    expect(kept.at(0)?.status.readyAfterMs).toBe(keptStarts + 30);
    expect(kept.at(-1)?.status.readyAfterMs).toBe(31);
    expect(history.starts({ services: ["auth"], last: 500 }).records).toHaveLength(1);
  });

  test("a page ends before it is too long for an answer, and says so", () => {
    const long = "x".repeat(700_000);
    for (let i = 0; i < 5; i++) history.start()(startRecord(`redis${long}`, i));
    const { records, cut } = history.starts({ last: 10 });
    expect(records.map(({ status }) => status.readyAfterMs)).toEqual([4]);
    expect(cut).toBe(true);
  });

  test("go on being counted where the coordinator before left off", () => {
    history.start()(startRecord("redis", 1));
    deferred.pop()?.();
    const next = storedHistory(
      database,
      () => undefined,
      (work) => work(),
    );
    next.start()(startRecord("redis", 2));
    expect(next.starts({ last: 10 }).records.map(({ status }) => status.readyAfterMs)).toEqual([2, 1]);
  });
});

describe("verdicts", () => {
  test("of each phase's gate the last are kept: those that did not open are not pushed out by those that did", () => {
    history.verdict(gateRecord("infrastructure", false, { atMs: 1 }));
    for (let i = 2; i <= keptVerdicts + 20; i++)
      history.verdict(gateRecord("infrastructure", true, { atMs: i }));
    history.verdict(gateRecord("frontend", false, { atMs: 500 }));
    expect(history.closedGates({ last: 10 }).records.map(({ atMs }) => atMs)).toEqual([500, 1]);
    expect(
      history.closedGates({ phase: "infrastructure", last: 10 }).records.map(({ atMs }) => atMs),
    ).toEqual([1]);
    expect(history.lastOpenedMs("infrastructure")).toBe(keptVerdicts + 20);
    expect(history.lastOpenedMs("frontend")).toBeUndefined();
    expect(database.prepare("SELECT count(*) AS n FROM gates WHERE opened = 1").get()).toMatchObject({
      n: keptVerdicts,
    });
  });
});

describe("the last good start", () => {
  test("of each service is the one recorded last", () => {
    const setup = { image: "redis:7", imageId: "sha256:1", command: "ab12", env: { A: "0000" } };
    history.good("redis", { readyMs: 1, setup: undefined, spec: readinessSpec() });
    history.good("redis", { readyMs: 2, setup, spec: readinessSpec({ budget: "90s" }) });
    for (const work of deferred) work();
    expect(history.lastGood("redis")).toEqual({
      readyMs: 2,
      setup,
      spec: readinessSpec({ budget: "90s" }),
    });
    expect(history.lastGood("auth")).toBeUndefined();
  });

  test("a fingerprint tells values apart, is short, and is another in another history", () => {
    expect(history.fingerprint("hunter2")).toMatch(/^[0-9a-f]{4}$/);
    expect(history.fingerprint("hunter2")).toBe(history.fingerprint("hunter2"));
    const values = Array.from({ length: 8 }, (_, i) => `value ${i}`);
    const other = new DatabaseSync(":memory:");
    migrate(other);
    const elsewhere = storedHistory(other, () => undefined);
    expect(values.map(history.fingerprint)).not.toEqual(values.map(elsewhere.fingerprint));
    expect(new Set(values.map(history.fingerprint)).size).toBeGreaterThan(1);
    elsewhere.close();
  });
});

describe("writing", () => {
  test("waits until what happens now has happened", () => {
    history.start()(startRecord("redis", 1));
    history.verdict(gateRecord("infrastructure", true));
    expect(database.prepare("SELECT count(*) AS n FROM starts").get()).toMatchObject({ n: 0 });
    expect(deferred).toHaveLength(1);
    deferred[0]?.();
    expect(database.prepare("SELECT count(*) AS n FROM starts").get()).toMatchObject({ n: 1 });
  });

  test("to a full disk loses what is written and nothing else, says so once, and says when it goes again", () => {
    history.start()(startRecord("redis", 1));
    deferred[0]?.();
    database.exec("PRAGMA max_page_count = 12");
    for (let i = 0; i < 3; i++) history.start()(startRecord("x".repeat(200_000), i));
    expect(() => deferred[1]?.()).not.toThrow();
    expect(history.problem()).toBe("the last writes failed (3): database or disk is full");
    expect(said).toEqual(['history-lost {"error":"database or disk is full"}']);
    expect(database.isTransaction).toBe(false);

    database.exec("PRAGMA max_page_count = 10000");
    history.start()(startRecord("auth", 1));
    expect(history.starts({ last: 9 }).records.map(({ status }) => status.service)).toEqual([
      "auth",
      "redis",
    ]);
    expect(history.problem()).toBeUndefined();
    expect(said[1]).toBe('history-written-again {"lost":3}');
    expect(database.prepare("PRAGMA integrity_check").get()).toMatchObject({ integrity_check: "ok" });
  });

  test("to a database that is no more throws nothing, and reading says what is the matter", () => {
    database.exec("DROP TABLE starts; DROP TABLE good");
    history.start()(startRecord("redis", 1));
    deferred[0]?.();
    expect(history.problem()).toContain("no such table: ");
    expect(history.lastGood("redis")).toBeUndefined();
    expect(() => history.starts({ last: 1 })).toThrow(
      expect.objectContaining({ code: "PHASEGATE_HISTORY_UNREADABLE" }),
    );
    expect(said.map((line) => line.split(" ")[0])).toEqual(["history-lost", "history-unreadable"]);
  });
});

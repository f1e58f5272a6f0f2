import { beforeEach, describe, expect, test } from "vitest";
import type { DesiredStore } from "../../../lib/desired/desired-store.ts";
import { databaseInMemory, desiredIn, otherSealKey, sealKey } from "../../support/desired-database.ts";

let opened: ReturnType<typeof databaseInMemory>;
let store: DesiredStore;

/** What the next coordinator on the same database has. */
const next = (key: string | null = sealKey) => desiredIn(opened, key);
/** How many rows were written until now. */
const changes = () => Number(opened.database.prepare("SELECT total_changes() AS n").get()?.["n"]);
const sealedOf = (service: string) =>
  opened.database.prepare("SELECT secrets FROM desired WHERE service = ?").get(service)?.["secrets"];

beforeEach(() => {
  opened = databaseInMemory();
  store = desiredIn(opened);
});

/** Of each row that is written from now on whether the disk is waited for. */
function waitsSeen(): readonly boolean[] {
  const waits: boolean[] = [];
  opened.database.function("note", () => {
    waits.push(opened.database.prepare("PRAGMA synchronous").get()?.["synchronous"] === 2);
    return null;
  });
  opened.database.exec("PRAGMA synchronous = FULL");
  for (const table of ["facts", "desired"])
    for (const happens of ["INSERT", "UPDATE"])
      opened.database.exec(
        `CREATE TRIGGER ${table}_${happens} AFTER ${happens} ON ${table} BEGIN SELECT note(); END`,
      );
  return waits;
}

describe("a service that is kept", () => {
  test("is there again, with its record and its secrets", () => {
    const record = { desired: { workload: "3f1c", needs: { auth: "restart" } }, state: { name: "ready" } };
    store.keep("redis", record, { redisPassword: "s3cret 🙂" });
    store.keep("auth", { state: null }, {});
    const kept = [
      { service: "redis", record, secrets: { redisPassword: "s3cret 🙂" } },
      { service: "auth", record: { state: null }, secrets: {} },
    ];
    expect(store.load()).toEqual(kept);
    expect(next().load()).toEqual(kept.toReversed());
    expect(next().problems()).toEqual([]);
  });

  test("takes the place of what was kept of it", () => {
    store.keep("redis", { intent: "restart" }, { redisPassword: "old" });
    store.keep("redis", { intent: null }, { redisPassword: "new", token: "more" });
    expect(next().load()).toEqual([
      { service: "redis", record: { intent: null }, secrets: { redisPassword: "new", token: "more" } },
    ]);
    store.keep("redis", { intent: null }, {});
    expect(next().load()).toEqual([{ service: "redis", record: { intent: null }, secrets: {} }]);
  });

  test("that has not changed is not written", () => {
    store.keep("redis", { intent: "restart" }, { redisPassword: "s3cret" });
    const before = changes();
    store.keep("redis", { intent: "restart" }, { redisPassword: "s3cret" });
    store.keep("redis", { intent: "restart" }, "sealed");
    next().keep("redis", { intent: "restart" }, { redisPassword: "s3cret" });
    expect(changes()).toBe(before);
    store.keep("redis", { intent: null }, { redisPassword: "s3cret" });
    expect(changes()).toBe(before + 1);
  });

  test("without waiting for the disk is settled with the next heartbeat, which waits for none otherwise", () => {
    const waits = waitsSeen();
    store.setFact("lastAliveMs", 1);
    store.keep("redis", { state: "starting" }, {}, false);
    store.keep("redis", { state: "ready" }, {}, false);
    expect(waits).toEqual([false, false, false]);
    store.setFact("lastAliveMs", 2);
    store.setFact("lastAliveMs", 3);
    store.setFact("lastAliveMs", 4);
    expect(waits.slice(3)).toEqual([true, false, false]);
  });

  test("without waiting for the disk is waited for when it is kept again", () => {
    const waits = waitsSeen();
    store.keep("redis", { state: "ready" }, {}, false);
    store.keep("redis", { state: "ready" }, {});
    store.keep("redis", { state: "ready" }, {});
    expect(waits).toEqual([false, true]);
  });

  test("has its secrets sealed when they change, and not before", () => {
    store.keep("redis", { n: 1 }, { redisPassword: "s3cret", token: "more" });
    const sealed = sealedOf("redis");
    store.keep("redis", { n: 2 }, { token: "more", redisPassword: "s3cret" });
    store.keep("redis", { n: 3 }, "sealed");
    next().keep("redis", { n: 4 }, { redisPassword: "s3cret", token: "more" });
    expect(sealedOf("redis")).toEqual(sealed);
    store.keep("redis", { n: 4 }, { redisPassword: "s3cret", token: "less" });
    expect(sealedOf("redis")).not.toEqual(sealed);
  });

  test("that is forgotten is gone, with its secrets", () => {
    store.keep("redis", {}, { redisPassword: "s3cret" });
    store.keep("auth", {}, {});
    store.forget("redis");
    expect(store.load().map(({ service }) => service)).toEqual(["auth"]);
    expect(
      next()
        .load()
        .map(({ service }) => service),
    ).toEqual(["auth"]);
    const before = changes();
    store.forget("redis");
    store.forget("nobody");
    expect(changes()).toBe(before);
  });
});

describe("facts", () => {
  test("are kept, changed and taken away", () => {
    const hold = { sinceMs: 1000, untilMs: 9000, why: "a disk is replaced" };
    expect(store.fact("hold")).toBeUndefined();
    store.setFact("lastAliveMs", 1000);
    store.setFact("lastAliveMs", 2000);
    store.setFact("hold", hold);
    store.setFact("shutdownAtMs", 3000);
    store.setFact("shutdownAtMs", undefined);
    expect(store.fact("lastAliveMs")).toBe(2000);
    const kept = next();
    expect([kept.fact("lastAliveMs"), kept.fact("hold"), kept.fact("shutdownAtMs")]).toEqual([
      2000,
      hold,
      undefined,
    ]);
  });

  test("that have not changed are not written", () => {
    store.setFact("hold", { sinceMs: 1000, untilMs: 9000 });
    const before = changes();
    store.setFact("hold", { sinceMs: 1000, untilMs: 9000, why: undefined });
    store.setFact("shutdownAtMs", undefined);
    expect(changes()).toBe(before);
  });

  test("are waited for on the disk, but for the sign of life; what follows that is waited for again", () => {
    const waits = waitsSeen();
    store.setFact("lastAliveMs", 1);
    store.setFact("shutdownAtMs", 1);
    store.keep("redis", {}, {});
    expect(waits).toEqual([false, true, true]);
  });
});

describe("secrets", () => {
  test("that another key has sealed are not there, and are there again with that key", () => {
    store.keep("redis", { n: 1 }, { redisPassword: "s3cret" });
    store.keep("auth", { n: 1 }, {});
    store.keep("web", { n: 1 }, { session: "s3cret" });
    const changed = next(otherSealKey);
    expect(changed.load()).toEqual([
      { service: "auth", record: { n: 1 }, secrets: {} },
      { service: "redis", record: { n: 1 }, secrets: "sealed" },
      { service: "web", record: { n: 1 }, secrets: "sealed" },
    ]);
    expect(changed.problems()).toEqual([
      'the secrets of redis and web are missing: the key of the seal does not open it. "pulumi up --stack dev" gives them again',
    ]);
    // What the coordinator does in the meantime leaves them as they are.
    changed.keep("redis", { n: 2 }, "sealed");
    expect(next().load()).toContainEqual({
      service: "redis",
      record: { n: 2 },
      secrets: { redisPassword: "s3cret" },
    });

    changed.keep("redis", { n: 3 }, { redisPassword: "s3cret" });
    changed.forget("web");
    expect(changed.problems()).toEqual([]);
    expect(next(otherSealKey).load()).toContainEqual({
      service: "redis",
      record: { n: 3 },
      secrets: { redisPassword: "s3cret" },
    });
  });

  test("of one service are not opened as those of another", () => {
    store.keep("redis", {}, { redisPassword: "s3cret" });
    store.keep("auth", {}, { token: "other" });
    opened.database.exec(
      "UPDATE desired SET secrets = (SELECT secrets FROM desired WHERE service = 'redis') WHERE service = 'auth'",
    );
    expect(next().load()).toMatchObject([
      { service: "auth", secrets: "sealed" },
      { service: "redis", secrets: { redisPassword: "s3cret" } },
    ]);
  });

  test.each([
    ["is none", null, "the coordinator was given no key to seal them with"],
    ["is no key", "c2hvcnQ=", "the key of the seal is not 32 bytes in base64"],
  ])(
    "are in memory only where the key %s, and the next coordinator knows that it lacks them",
    (_, key, why) => {
      const keyless = next(key);
      keyless.keep("redis", { n: 1 }, { redisPassword: "s3cret" });
      keyless.keep("auth", { n: 1 }, {});
      expect(keyless.load()[0]?.secrets).toEqual({ redisPassword: "s3cret" });
      expect(keyless.problems()).toEqual([`the secrets of redis are in memory only: ${why}`]);
      expect(next().load()).toEqual([
        { service: "auth", record: { n: 1 }, secrets: {} },
        { service: "redis", record: { n: 1 }, secrets: "sealed" },
      ]);
      expect(next().problems()).toEqual([
        'the secrets of redis are missing: they were kept in memory only. "pulumi up --stack dev" gives them again',
      ]);
    },
  );
});

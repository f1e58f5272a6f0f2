import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../../lib/history/open-database.ts";
import { steps } from "../../../lib/history/schema.ts";
import { storedHistory } from "../../../lib/history/stored-history.ts";
import { usableDatabase } from "../../../lib/history/usable-database.ts";
import { databaseInMemory, desiredIn, foundIn } from "../../support/desired-database.ts";
import { startRecord } from "../../support/records.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const quiet = () => undefined;
const redis = { service: "redis", record: { intent: "restart" }, secrets: { redisPassword: "s3cret" } };
const up = '"pulumi up --stack dev"';

/** A file with redis in it, as a coordinator leaves it that ends in order. */
function keptIn(folder: string): string {
  const file = join(folder, "history.db");
  const opened = usableDatabase(file, quiet);
  const store = desiredIn(opened);
  store.keep(redis.service, redis.record, redis.secrets);
  store.setFact("shutdownAtMs", 9000);
  opened.database?.close();
  return file;
}

describe("a full disk", () => {
  test("takes nothing from memory, is said, and what was not written is written once there is room", () => {
    const opened = databaseInMemory();
    const store = desiredIn(opened);
    store.keep("redis", { n: 1 }, {});
    opened.database.exec("PRAGMA max_page_count = 1");
    const large = "x".repeat(100_000);
    store.keep("auth", { large }, { token: "s3cret" });
    store.keep("web", { large }, {});
    expect(store.problems()).toEqual([
      "the desired state of auth and web is not on the disk: database or disk is full",
    ]);
    expect(store.load().map(({ service }) => service)).toEqual(["redis", "auth", "web"]);
    expect(store.said).toEqual(['desired-not-written {"error":"database or disk is full"}']);
    expect(
      desiredIn(opened)
        .load()
        .map(({ service }) => service),
    ).toEqual(["redis"]);

    // What is small has room, what is large has none yet.
    store.setFact("lastAliveMs", 5);
    expect(desiredIn(opened).fact("lastAliveMs")).toBe(5);
    expect(store.problems()).toHaveLength(1);

    opened.database.exec("PRAGMA max_page_count = 10000");
    store.setFact("lastAliveMs", 6);
    expect(store.problems()).toEqual([]);
    expect(store.said[1]).toBe("desired-written-again {}");
    expect(desiredIn(opened).load()).toEqual([
      { service: "auth", record: { large }, secrets: { token: "s3cret" } },
      { service: "redis", record: { n: 1 }, secrets: {} },
      { service: "web", record: { large }, secrets: {} },
    ]);
  });

  test("is tried again for what is kept again, though it has not changed", () => {
    const opened = databaseInMemory();
    const store = desiredIn(opened);
    opened.database.exec("PRAGMA query_only = 1");
    store.keep("redis", { n: 1 }, {});
    store.setFact("shutdownAtMs", 1);
    expect(store.problems()).toEqual([
      "the desired state of redis is not on the disk: attempt to write a readonly database",
    ]);
    opened.database.exec("PRAGMA query_only = 0");
    store.keep("redis", { n: 1 }, {});
    expect(store.problems()).toEqual([]);
    expect(desiredIn(opened).load()).toHaveLength(1);
    expect(desiredIn(opened).fact("shutdownAtMs")).toBe(1);
  });

  test("that keeps a service from being forgotten keeps it for the next coordinator alone", () => {
    const opened = databaseInMemory();
    const store = desiredIn(opened);
    store.keep("redis", {}, {});
    opened.database.exec("PRAGMA query_only = 1");
    store.forget("redis");
    expect(store.load()).toEqual([]);
    expect(store.problems()).toHaveLength(1);
    opened.database.exec("PRAGMA query_only = 0");
    store.setFact("lastAliveMs", 1);
    expect(desiredIn(opened).load()).toEqual([]);
    expect(store.problems()).toEqual([]);
  });

  test("of facts alone is said without a service", () => {
    const opened = databaseInMemory();
    const store = desiredIn(opened);
    opened.database.exec("PRAGMA query_only = 1");
    store.setFact("lastAliveMs", 1);
    expect(store.problems()).toEqual([
      "the desired state cannot be written: attempt to write a readonly database",
    ]);
  });
});

describe("a volume that cannot be written", () => {
  /** As a user without any right of its own: the superuser may write everywhere. */
  function asNobody<T>(work: () => T): T {
    const user = process.geteuid?.();
    if (user === 0) process.seteuid?.(65534);
    try {
      return work();
    } finally {
      if (user === 0) process.seteuid?.(0);
    }
  }

  function whileReadOnly<T>(folder: string, work: () => T): T {
    const files = readdirSync(folder).map((name) => join(folder, name));
    for (const file of files) chmodSync(file, 0o444);
    chmodSync(folder, 0o555);
    try {
      return asNobody(work);
    } finally {
      chmodSync(folder, 0o755);
      for (const file of files) chmodSync(file, 0o644);
    }
  }

  test.each([
    ["ended in order", true],
    ["was killed", false],
  ])("is read, whether the coordinator before %s; what changes is in memory", (_, inOrder) => {
    using folder = temporaryFolder();
    const file = keptIn(folder.path);
    // An open database is what a kill leaves: with a log beside it.
    const left = inOrder ? undefined : usableDatabase(file, quiet).database;
    left?.exec("UPDATE facts SET value = '9001'");
    expect(readdirSync(folder.path)).toHaveLength(inOrder ? 1 : 3);
    const before = readFileSync(file);
    whileReadOnly(folder.path, () => {
      const opened = usableDatabase(file, quiet);
      const store = desiredIn(opened);
      expect(store.load()).toEqual([redis]);
      expect(store.fact("shutdownAtMs")).toBe(inOrder ? 9000 : 9001);
      expect(store.problems()).toEqual([
        `changes of the desired state are in memory only, and lost when the coordinator ends: ${file} cannot be used: attempt to write a readonly database`,
      ]);
      store.keep("auth", {}, { token: "s3cret" });
      store.forget("redis");
      expect(store.load()).toEqual([{ service: "auth", record: {}, secrets: { token: "s3cret" } }]);
    });
    left?.close();
    if (inOrder) expect(readFileSync(file)).toEqual(before);
    expect(foundIn(file)).toEqual([redis]);
  });

  test("and has nothing on it is said", () => {
    const store = desiredIn(usableDatabase("/nowhere/history.db", quiet));
    store.keep("auth", {}, { token: "s3cret" });
    store.setFact("lastAliveMs", 1);
    expect(store.fact("lastAliveMs")).toBe(1);
    expect(store.load()).toHaveLength(1);
    expect(store.problems()).toEqual([
      `the desired state is in memory only: /nowhere/history.db cannot be used: unable to open database file. After a restart of the coordinator, ${up} gives it again`,
    ]);
  });
});

test("a database that a newer coordinator has written is left as it is, and nothing is read from it", () => {
  using folder = temporaryFolder();
  const file = keptIn(folder.path);
  const newer = new DatabaseSync(file);
  newer.exec(`PRAGMA user_version = ${steps.length + 1}`);
  newer.close();
  const before = readFileSync(file);
  const store = desiredIn(usableDatabase(file, quiet));
  expect(store.load()).toEqual([]);
  store.keep("auth", {}, {});
  expect(store.problems()).toEqual([
    `the desired state is in memory only: ${file} cannot be used: it is of version ${steps.length + 1}, and this coordinator knows versions up to ${steps.length}: a newer one has written it. After a restart of the coordinator, ${up} gives it again`,
  ]);
  expect(readFileSync(file)).toEqual(before);
});

describe("a damaged database", () => {
  /** A file with redis and many starts in it, and the numbers of the pages that a table is on. */
  function filled(folder: string): string {
    const file = keptIn(folder);
    const { database } = openDatabase(file);
    const history = storedHistory(database, quiet);
    for (let i = 0; i < 300; i++) history.start()(startRecord(`service${i % 3}`, i));
    history.close();
    return file;
  }

  const pageSize = 4096;

  function rootPage(file: string, table: string): number {
    const database = new DatabaseSync(file, { readOnly: true });
    const found = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(table);
    database.close();
    return Number(found?.["rootpage"]);
  }

  function spoilPage(file: string, page: number): void {
    const bytes = readFileSync(file);
    bytes.fill(0x5a, (page - 1) * pageSize, page * pageSize);
    writeFileSync(file, bytes);
  }

  test("whose damage is elsewhere loses nothing of what is desired", () => {
    using folder = temporaryFolder();
    const file = filled(folder.path);
    spoilPage(file, rootPage(file, "starts"));
    const spoilt = readFileSync(file);
    const opened = usableDatabase(file, quiet);
    expect(opened).toMatchObject({ setAside: { file: `${file}.damaged`, desiredTakenOver: true } });
    const store = desiredIn(opened);
    expect(store.load()).toEqual([redis]);
    expect(store.fact("shutdownAtMs")).toBe(9000);
    expect(store.problems()).toEqual([]);
    opened.database?.close();
    expect(foundIn(file)).toEqual([redis]);
    expect(readFileSync(`${file}.damaged`)).toEqual(spoilt);
  });

  test.each(["desired", "facts", "sqlite_schema"])(
    "whose damage is in %s loses what is desired, and says so until an up has given something again",
    (table) => {
      using folder = temporaryFolder();
      const file = filled(folder.path);
      spoilPage(file, table === "sqlite_schema" ? 1 : rootPage(file, table));
      const opened = usableDatabase(file, quiet);
      const store = desiredIn(opened);
      expect(store.load()).toEqual([]);
      expect(store.fact("shutdownAtMs")).toBeUndefined();
      store.setFact("lastAliveMs", 1);
      expect(store.problems()).toEqual([
        `the desired state is lost: its file was damaged, and is now ${file}.damaged. ${up} gives it again`,
      ]);
      store.keep(redis.service, redis.record, redis.secrets);
      expect(store.problems()).toEqual([]);
      opened.database?.close();
      expect(foundIn(file)).toEqual([redis]);
    },
  );

  test("is set aside with what its log holds, also when another was before", () => {
    using folder = temporaryFolder();
    const file = filled(folder.path);
    const page = rootPage(file, "starts");
    const left = openDatabase(file).database;
    left.exec(`UPDATE desired SET record = '{"intent":"start"}'`);
    // What a kill leaves: the file without what is in its log.
    const [whole, log] = [readFileSync(file), readFileSync(`${file}-wal`)];
    left.close();
    writeFileSync(file, whole);
    writeFileSync(`${file}-wal`, log);
    spoilPage(file, page);
    writeFileSync(`${file}.damaged`, "what was set aside before");
    writeFileSync(`${file}.damaged-wal`, "and its log");
    expect(foundIn(file)).toEqual([{ ...redis, record: { intent: "start" } }]);
    expect(readFileSync(`${file}.damaged`, "latin1")).not.toContain("what was set aside before");
    if (existsSync(`${file}.damaged-wal`))
      expect(readFileSync(`${file}.damaged-wal`, "latin1")).not.toContain("and its log");
  });

  test("of which one record is no JSON loses that service alone", () => {
    const opened = databaseInMemory();
    desiredIn(opened).keep(redis.service, redis.record, redis.secrets);
    opened.database.exec(
      "INSERT INTO desired VALUES ('auth', '{\"torn', NULL); INSERT INTO facts VALUES ('shutdownAtMs', '}')",
    );
    const store = desiredIn(opened);
    expect(store.load()).toEqual([redis]);
    expect(store.fact("shutdownAtMs")).toBeUndefined();
    expect(store.problems()).toEqual([`what was kept of auth cannot be read. ${up} gives it again`]);
    store.keep("auth", {}, {});
    expect(store.problems()).toEqual([]);
    expect(desiredIn(opened).load()).toHaveLength(2);
  });

  test("that loses its tables while it is open throws nothing", () => {
    const opened = databaseInMemory();
    const store = desiredIn(opened);
    opened.database.exec("DROP TABLE desired; DROP TABLE facts");
    store.keep("redis", {}, {});
    store.setFact("lastAliveMs", 1);
    store.forget("redis");
    expect(store.problems()).toEqual([
      "the desired state of redis is not on the disk: no such table: desired",
    ]);
    const found = desiredIn(opened);
    expect(found.load()).toEqual([]);
    expect(found.problems()).toEqual([
      `the desired state is lost: it cannot be read: no such table: desired. ${up} gives it again`,
    ]);
  });

  test("that was closed throws nothing", () => {
    const opened = databaseInMemory();
    const store = desiredIn(opened);
    opened.database.close();
    store.keep("redis", {}, {});
    store.setFact("lastAliveMs", 1);
    expect(store.load()).toHaveLength(1);
    expect(store.problems()).toEqual(["the desired state of redis is not on the disk: database is not open"]);
  });
});

import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { History } from "../../../../lib/history/history.ts";
import { migrate } from "../../../../lib/history/schema.ts";
import { storedHistory } from "../../../../lib/history/stored-history.ts";
import type { StartRecord } from "../../../../lib/model/history.ts";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

let history: History;
let b: Bench;
let database: DatabaseSync;

beforeEach(() => {
  database = new DatabaseSync(":memory:");
  migrate(database);
  history = storedHistory(
    database,
    () => undefined,
    (work) => work(),
  );
  b = bench({ history });
});
afterEach(async () => {
  b.close();
  await b.clock.advance(0);
  history.close();
});

/** The starts, the oldest first, as in a line each. */
function starts(service?: string): string[] {
  return history
    .starts({ ...(service !== undefined && { services: [service] }), last: 100 })
    .records.toReversed()
    .map(({ status, outcome, fromStart, exits, failure }) =>
      [
        status.service,
        outcome,
        ...(status.readyAfterMs === undefined ? [] : [`after ${status.readyAfterMs}`]),
        ...(fromStart ? ["from its start"] : []),
        ...exits.map(({ code }) => `exit ${code}`),
        ...(failure ? [failure.headline] : []),
      ].join(", "),
    );
}
const newest = (): StartRecord => {
  const [record] = history.starts({ last: 1 }).records;
  if (record === undefined) throw new Error("there is no start");
  return record;
};

describe("a start", () => {
  test("is there as soon as its container runs, and is the same one when it is ready", async () => {
    b.engine.add("web");
    b.scripts[1] = (n) => (n > 3 ? passed : failed());
    b.apply("web");
    await b.clock.advance(150);
    expect(starts()).toEqual(["web, under-way"]);
    await b.clock.advance(1000);
    expect(starts()).toEqual(["web, ready, after 700, from its start"]);
    expect(newest()).toMatchObject({
      beganMs: 1_000_000,
      status: {
        probes: [
          { name: "first", attempts: 4, firstPassMs: 1_000_700, lastCause: { text: "connection refused" } },
        ],
      },
    });
  });

  test("learns when the engine called the container healthy, also after it was ready", async () => {
    b.engine.add("web", { health: "starting" });
    b.apply("web");
    await b.clock.advance(0);
    expect(newest().status).toMatchObject({ readyMs: 1_000_000, hasHealthcheck: true });
    expect(newest().status.healthyMs).toBeUndefined();
    await b.clock.advance(1000);
    b.engine.happen("web", "unhealthy", { health: "unhealthy" });
    await b.clock.advance(0);
    expect(newest().status).toMatchObject({ readyMs: 1_000_000, health: "unhealthy" });
    await b.clock.advance(1000);
    b.engine.happen("web", "healthy", { health: "healthy", healthyMs: 1_002_000 });
    await b.clock.advance(0);
    expect(newest().status).toMatchObject({ readyMs: 1_000_000, healthyMs: 1_002_000, health: "healthy" });
    b.engine.happen("web", "unhealthy", { health: "unhealthy", healthyMs: 1_002_000 });
    await b.clock.advance(0);
    expect(newest().status).toMatchObject({ readyMs: 1_000_000, healthyMs: 1_002_000, health: "healthy" });
    expect(starts()).toHaveLength(1);
  });

  test("keeps every end of the container, before it was ready and after", async () => {
    b.engine.add("web", { running: false, exitCode: 1 });
    b.apply("web");
    await b.clock.advance(0);
    expect(starts()).toEqual(["web, under-way, exit 1"]);
    await b.clock.advance(1000);
    expect(starts()).toEqual(["web, ready, after 1000, from its start, exit 1"]);
    await b.clock.advance(1);
    b.engine.happen("web", "die", { running: false, exitCode: 137, outOfMemory: true });
    await b.clock.advance(0);
    expect(starts()).toEqual(["web, ready, after 1000, from its start, exit 1, exit 137"]);
    expect(newest()).toMatchObject({
      status: { state: "ready", restarts: 1 },
      exits: [{ outOfMemory: false }, { outOfMemory: true }],
    });
    await b.clock.advance(1000);
    expect(starts().slice(1), "the restart is another start").toEqual([
      "web, ready, after 0, from its start",
    ]);
    b.engine.byHand.stop("web");
    await b.clock.advance(1000);
    expect(newest()).toMatchObject({ status: { state: "stopped", readyAfterMs: 0 }, exits: [{ code: 143 }] });
  });

  test("stays as it was whatever the service does once it is ready: slow, impaired, given up, well again", async () => {
    b.engine.add("db");
    b.engine.add("web");
    b.apply("db", { probes: { up: probeOn(2) } });
    b.scripts[1] = (n) => (n > 3 ? passed : failed());
    const supervision = { intensity: { restarts: 0, within: "10m" } } as const;
    b.apply("web", {}, { needs: { db: "ignore" }, supervision });
    await b.clock.advance(1000);
    const before = starts("web");
    expect(before).toEqual(["web, ready, after 700, from its start"]);
    b.engine.crash("db");
    await b.clock.advance(10_000);
    b.scripts[1] = () => failed();
    await b.clock.advance(60_000);
    expect(b.status("web").state).toBe("givenUp");
    b.scripts[1] = () => passed;
    await b.clock.advance(60_000);
    expect(b.changes.filter((line) => line.startsWith("web")).map((line) => line.split(":")[0])).toEqual([
      "web pending → starting",
      "web starting → ready",
      "web ready → degraded",
      "web degraded → ready",
      "web ready → givenUp",
      "web givenUp → ready",
    ]);
    expect(starts("web")).toEqual(before);
  });

  test("that is over is not recorded once more by a coordinator that is started again", async () => {
    b.engine.add("web");
    b.engine.add("late");
    b.scripts[2] = () => (b.clock.now() >= 1_003_000 ? passed : failed());
    b.apply("web");
    b.apply("late", { probes: { first: probeOn(2) } });
    await b.clock.advance(1000);
    b.killCoordinator();
    await b.clock.advance(10_000);
    expect(b.status("late").state).toBe("ready");
    expect(starts("web")).toEqual(["web, ready, after 0, from its start"]);
    expect(starts("late")[1]).toBe("late, ready, after 3500, from its start");
    b.engine.crash("web");
    await b.clock.advance(10_000);
    expect(starts("web").slice(1)).toEqual(["web, ready, after 0, from its start"]);
  });

  test("of a job that ended well has no later end when its container is replaced or started again", async () => {
    const job = {
      job: true,
      probes: {
        completed: { kind: "completed", exitCode: 0, timeout: "5s", level: "basic", mutates: false },
      },
    } as const;
    b.engine.add("migrate", { running: false, exitCode: 0 });
    b.apply("migrate", job);
    await b.clock.advance(0);
    expect(starts()).toEqual(["migrate, ready, after 0, from its start"]);
    await b.clock.advance(1000);
    b.engine.byHand.start("migrate");
    await b.clock.advance(1);
    b.engine.crash("migrate", 0);
    await b.clock.advance(0);
    expect(history.starts({ last: 9 }).records).toMatchObject([
      { outcome: "ready", exits: [] },
      { outcome: "ready", exits: [], status: { state: "ready" } },
    ]);
    b.engine.add("job", { running: false, exitCode: 0 });
    b.apply("job", job);
    await b.clock.advance(0);
    b.engine.remove("job");
    await b.clock.advance(0);
    expect(newest()).toMatchObject({ status: { service: "job", state: "ready" }, exits: [] });
  });

  test("that failed says why, and proven again is another", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    const first = b.gate("web");
    await b.clock.advance(60_000);
    await first.verdict;
    b.scripts[1] = () => passed;
    const second = b.gate("web");
    await b.clock.advance(0);
    await second.verdict;
    expect(starts()).toEqual([
      "web, failed, from its start, web is not ready after 60.0s of 60s: first: connection refused",
      "web, ready, after 0",
    ]);
  });

  test("whose container was replaced, or whose service was forgotten, is broken off", async () => {
    b.engine.add("web");
    b.engine.add("other");
    b.scripts[1] = () => failed();
    b.apply("web");
    await b.clock.advance(100);
    b.apply("web", {}, { container: "other" });
    await b.clock.advance(100);
    await b.call("forget", { services: ["web"] });
    expect(starts()).toEqual(["web, broken-off", "web, broken-off"]);
  });

  test("that never began is not there", async () => {
    b.engine.add("web", { startedMs: undefined, running: false });
    b.apply("web");
    await b.clock.advance(1000);
    expect(starts()).toEqual([]);
  });
});

test("the start of a new container is one, though it be an instant older than the coordinator", async () => {
  b.engine.add("web", { startedMs: b.clock.now() - 1 });
  b.apply("web");
  await b.clock.advance(0);
  expect(starts()).toEqual(["web, ready, after 1, from its start"]);
});

describe("the time to ready says nothing of the start", () => {
  test("of a container that was there before the coordinator was", async () => {
    b.engine.add("web", { startedMs: b.clock.now() - 1 });
    b.apply("web", {}, { again: true });
    await b.clock.advance(0);
    expect(starts()).toEqual(["web, ready, after 0"]);
  });

  test("of one that was added long after its start", async () => {
    b.engine.add("web");
    await b.clock.advance(10_001);
    b.apply("web");
    await b.clock.advance(0);
    expect(starts()).toEqual(["web, ready, after 10001"]);
  });

  test("of one that has been proven before, with another spec", async () => {
    b.engine.add("web");
    b.apply("web");
    await b.clock.advance(3000);
    b.apply("web", { probes: { second: probeOn(2) } });
    await b.clock.advance(0);
    expect(starts()).toEqual(["web, ready, after 0, from its start", "web, ready, after 0"]);
  });
});

describe("a failure says what has changed since the service was last ready", () => {
  const origin = {
    image: "web:1",
    imageId: "sha256:aaa",
    command: ["web"],
    env: { MODE: "fast", TOKEN: "one" },
  };
  const failure = async () => {
    const { verdict } = b.gate("web");
    await b.clock.advance(61_000);
    const result = await verdict;
    return result.opened ? undefined : result.failures[0]?.lastGood;
  };

  test("in image, environment and readiness spec, and never a value of the environment", async () => {
    b.engine.add("web");
    b.engine.origins["web"] = origin;
    b.apply("web");
    await b.clock.advance(0);
    b.engine.add("web2");
    b.engine.origins["web2"] = { ...origin, image: "web:2", env: { TOKEN: "two", LEVEL: "debug" } };
    b.scripts[1] = () => failed();
    b.apply("web", { probes: { first: probeOn(1), extra: probeOn(2) } }, { container: "web2" });
    expect(await failure()).toEqual({
      readyMs: 1_000_000,
      changes: [
        "image: web:1 → web:2",
        "environment: MODE was removed",
        "environment: TOKEN has another value",
        "environment: LEVEL was added",
        "probe extra was added",
      ],
    });
    const kept = database.prepare("SELECT setup FROM good").all();
    expect(JSON.stringify(kept)).toContain("TOKEN");
    for (const value of ["fast", '"one"', '\\"one\\"']) expect(JSON.stringify(kept)).not.toContain(value);
  });

  test("and that nothing has, where nothing is known to", async () => {
    b.engine.add("web");
    b.engine.origins["web"] = origin;
    b.apply("web");
    await b.clock.advance(1000);
    b.scripts[1] = () => failed();
    b.apply("web", {}, { verification: 2 });
    expect(await failure()).toEqual({ readyMs: 1_000_000, changes: [] });
  });

  test("and nothing at all, where it has never been ready", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    expect(await failure()).toBeUndefined();
  });
});

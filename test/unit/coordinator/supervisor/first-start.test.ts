import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ApplyOptions, Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
  b.engine.add("db");
  for (const name of ["web", "api", "new"]) create(name);
});
afterEach(() => b.close());

/** As Pulumi creates it: its readiness, or the coordinator, starts it. */
const create = (name: string) => b.engine.add(name, { running: false, startedMs: undefined });
const onDb: ApplyOptions = { needs: { db: "restart" }, waitsForNeeds: true, startIndex: 1 };

describe("a service that needs another one of its phase", () => {
  test("is started when that is ready, and the gate says what it waits for", async () => {
    b.scripts[2] = () => failed();
    b.apply("db", { probes: { up: probeOn(2) } });
    b.apply("web", {}, onDb);
    const { verdict, progress } = b.gate("db", "web");
    await b.clock.advance(20_000);
    expect(b.engine.calls, "nothing is started before").toEqual([]);
    expect(progress.at(-1)).toMatch(/^0\/2 ready · db .* · web waits for db$/);
    b.scripts[2] = () => passed;
    await b.clock.advance(2000);
    expect(await verdict).toMatchObject({ opened: true });
    expect(b.engine.calls).toEqual(["start web"]);
  });

  test("is started when that has passed one probe: another may pass only by what this one does", async () => {
    b.scripts[2] = (n) => (n < 10 ? failed() : passed);
    b.scripts[3] = () => (b.engine.calls.includes("start web") ? passed : failed());
    b.apply("db", { probes: { accepts: probeOn(2), migrated: probeOn(3) } });
    b.apply("web", {}, onDb);
    const { verdict, progress } = b.gate("db", "web");
    await b.clock.advance(1000);
    expect(b.engine.calls, "nothing is started before").toEqual([]);
    expect(progress.at(-1)).toContain("web waits for db");
    await b.clock.advance(20_000);
    expect(await verdict).toMatchObject({ opened: true });
    expect(b.engine.calls).toEqual(["start web"]);
  });

  test("has its whole budget from its own start on, however long it has waited", async () => {
    b.scripts[1] = () => failed();
    b.scripts[2] = () => failed();
    b.apply("db", { probes: { up: probeOn(2) }, budget: "100s" });
    b.apply("web", { budget: "60s" }, onDb);
    await b.clock.advance(90_000);
    b.scripts[2] = () => passed;
    await b.clock.advance(50_000);
    expect(b.status("web").state).toBe("starting");
    b.scripts[1] = () => passed;
    await b.clock.advance(2000);
    expect(b.status("web")).toMatchObject({ state: "ready", restarts: 0 });
    expect(b.status("web").readyAfterMs).toBeLessThan(60_000);
  });

  test("follows it in a chain, and those that need the same one start together", async () => {
    for (const name of ["web", "api", "new"])
      b.apply(
        name,
        { probes: { up: probeOn(3) } },
        name === "new" ? { ...onDb, needs: { web: "restart" } } : onDb,
      );
    b.scripts[2] = (n) => (n < 3 ? failed() : passed);
    b.scripts[3] = (n) => (n < 20 ? failed() : passed);
    b.apply("db", { probes: { up: probeOn(2) } });
    await b.clock.advance(1500);
    expect(b.engine.calls).toEqual(["start web", "start api"]);
    await b.clock.advance(20_000);
    expect(b.engine.calls).toEqual(["start web", "start api", "start new"]);
  });

  test("waits on while that has failed, and its gate says what failed; the next gate goes on from there", async () => {
    b.scripts[2] = () => failed();
    b.apply("db", { probes: { up: probeOn(2) }, budget: "10s" });
    b.apply("web", {}, onDb);
    const first = b.gate("db", "web");
    await b.clock.advance(20_000);
    const closed = await first.verdict;
    expect(closed.opened || closed.failures.map(({ service }) => service)).toEqual(["db"]);
    expect(b.engine.calls).toEqual([]);
    b.scripts[2] = () => passed;
    const second = b.gate("db", "web");
    await b.clock.advance(5000);
    expect(await second.verdict).toMatchObject({ opened: true });
    expect(b.engine.calls).toEqual(["start web"]);
  });

  test("that has failed itself is tried again only when that is ready", async () => {
    b.engine.onStart = (id) =>
      b.engine.happen(id, "start", { running: false, startedMs: b.clock.now(), exitCode: 1 });
    b.apply("db", { probes: { up: probeOn(2) } });
    b.apply(
      "web",
      { restarts: { maxRetries: 0, backoff: { initial: "1s", multiplier: 2, max: "30s" } } },
      onDb,
    );
    const first = b.gate("db", "web");
    await b.clock.advance(5000);
    expect(await first.verdict).toMatchObject({ opened: false });
    b.scripts[2] = () => failed();
    b.engine.crash("db");
    await b.clock.advance(3000);
    b.engine.calls.splice(0);
    b.gate("db", "web");
    await b.clock.advance(3000);
    expect(b.engine.calls.filter((call) => call.includes("web"))).toEqual([]);
    expect(b.record("web").state).toMatchObject({ name: "pending", waitsFor: "needs" });
  });

  test("waits on when the coordinator is killed, and is started once", async () => {
    b.scripts[2] = () => failed();
    b.apply("db", { probes: { up: probeOn(2) } });
    b.apply("web", {}, onDb);
    await b.clock.advance(1000);
    b.killCoordinator();
    await b.clock.advance(1000);
    expect(b.engine.calls).toEqual([]);
    b.scripts[2] = () => passed;
    await b.clock.advance(2000);
    expect(b.engine.calls).toEqual(["start web"]);
    b.killCoordinator();
    await b.clock.advance(2000);
    expect(b.engine.calls).toEqual(["start web"]);
    expect(b.status("web")).toMatchObject({ state: "ready", generation: 1 });
  });

  test("is started at once where that is ready, in a hold as well: an up wants it", async () => {
    b.apply("db");
    await b.clock.advance(1000);
    await b.call("hold", { forMs: 60_000 });
    b.apply("web", {}, onDb);
    await b.clock.advance(1000);
    expect(b.status("web")).toMatchObject({ state: "ready", generation: 1 });
  });

  test("another container of it waits as the first did", async () => {
    b.apply("db", { probes: { up: probeOn(2) } });
    b.apply("web", {}, onDb);
    await b.clock.advance(1000);
    b.scripts[2] = () => failed();
    b.engine.crash("db");
    await b.clock.advance(100);
    b.apply("web", {}, { ...onDb, container: "new", generation: "second" });
    await b.clock.advance(3000);
    expect(b.engine.calls.filter((call) => call.includes("new"))).toEqual([]);
    b.scripts[2] = () => passed;
    await b.clock.advance(3000);
    expect(b.engine.calls.filter((call) => call.includes("new"))).toEqual(["start new"]);
  });

  test("of which a lost coordinator knew is taken as it runs", async () => {
    b.apply("db");
    b.engine.change("web", { running: true, startedMs: b.clock.now() });
    b.apply("web", {}, { ...onDb, again: true });
    await b.clock.advance(2000);
    expect(b.engine.calls).toEqual([]);
    expect(b.status("web").state).toBe("ready");
  });

  test("that the engine will not start has failed with its words", async () => {
    b.apply("db");
    b.engine.onStart = () => {
      throw new Error("exec: no such file or directory");
    };
    b.apply("web", {}, onDb);
    const { verdict } = b.gate("db", "web");
    await b.clock.advance(30_000);
    const { opened, message } = (await verdict) as { opened: boolean; message: string };
    expect(opened).toBe(false);
    expect(message).toContain("web could not be started: exec: no such file or directory");
  });
});

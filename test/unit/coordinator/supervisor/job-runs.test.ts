import { afterEach, beforeEach, expect, test } from "vitest";
import type { ApplyOptions, Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

// When a job is run again, and what that means for those who need it.

let b: Bench;
beforeEach(async () => {
  b = bench();
  for (const name of ["db", "web"]) b.engine.add(name);
  b.engine.add("job", { running: false, startedMs: undefined });
  b.apply("db", { probes: { up: probeOn(2) } });
  applyJob(1);
  await b.clock.advance(1000);
  b.engine.crash("job", 0);
  await b.clock.advance(1000);
  b.apply("web", {}, { needs: { job: "ignore", db: "ignore" }, startIndex: 2 });
  await b.clock.advance(1000);
  expect(b.status("job").state).toBe("ready");
  b.changesSince();
  b.engine.calls.splice(0);
});
afterEach(() => b.close());

/** As the n-th `up` applies a job that runs in each. */
function applyJob(n: number, options: ApplyOptions = {}): void {
  b.scripts[9] = () => (b.engine.container("job")?.running === true ? failed() : passed);
  const readiness = { job: true, probes: { completed: probeOn(9) } };
  const own = { needs: { db: "ignore" }, waitsForNeeds: true, runs: "everyUp", startIndex: 1 } as const;
  b.apply("job", readiness, { ...own, again: n > 1, generation: `${n}`, verification: n, ...options });
}

test("what it has done is there while it runs again: nobody is impaired, and its gate waits for that run", async () => {
  applyJob(2);
  const { verdict } = b.gate("db", "job");
  await b.clock.advance(20_000);
  expect(b.engine.calls).toEqual(["start job"]);
  b.engine.crash("job", 0);
  await b.clock.advance(1000);
  expect(await verdict).toMatchObject({ opened: true });
  expect(b.changesSince().filter((line) => line.startsWith("web"))).toEqual([]);
  expect(b.status("job").generation, "each run is a generation").toBe(2);
});

test("it waits for what it needs, and a service that needs it waits for that run", async () => {
  b.scripts[2] = () => failed();
  b.engine.crash("db");
  await b.clock.advance(200);
  applyJob(2);
  b.engine.add("new", { running: false, startedMs: undefined });
  b.apply("new", {}, { needs: { job: "ignore" }, waitsForNeeds: true, startIndex: 3 });
  await b.clock.advance(5000);
  expect(b.engine.calls).toEqual(["start db"]);
  b.scripts[2] = () => passed;
  await b.clock.advance(5000);
  expect(b.engine.calls).toEqual(["start db", "start job"]);
  b.engine.crash("job", 0);
  await b.clock.advance(2000);
  expect(b.engine.calls).toEqual(["start db", "start job", "start new"]);
});

test("one that runs already is not started a second time: the gate waits for its end", async () => {
  b.engine.byHand.start("job");
  await b.clock.advance(1000);
  applyJob(2);
  const { verdict } = b.gate("job");
  await b.clock.advance(10_000);
  expect(b.engine.calls).toEqual([]);
  b.engine.crash("job", 0);
  await b.clock.advance(1000);
  expect(await verdict).toMatchObject({ opened: true });
});

test("a run that is under way when the coordinator is killed is taken as it is", async () => {
  applyJob(2);
  await b.clock.advance(1000);
  b.killCoordinator();
  await b.clock.advance(5000);
  b.engine.crash("job", 0);
  await b.clock.advance(1000);
  expect(b.engine.calls).toEqual(["start job"]);
  expect(b.status("job")).toMatchObject({ state: "ready", generation: 2 });
});

test("one that fails is restarted as its failure policy says, and fails its gate", async () => {
  applyJob(2);
  const { verdict } = b.gate("job");
  for (let n = 0; n < 3; n++) {
    await b.clock.advance(5000);
    b.engine.crash("job", 3);
  }
  await b.clock.advance(5000);
  expect(await verdict).toMatchObject({ opened: false });
  expect(b.engine.calls).toEqual(["start job", "start job", "start job"]);
});

test.each(["whenChanged", "once", "everyUp"] as const)(
  "a job that is done stays done where somebody clears away its container (runs: %s)",
  async (runs) => {
    applyJob(2, { runs, generation: "1", verification: 1 });
    await b.clock.advance(1000);
    b.engine.remove("job");
    await b.clock.advance(60_000);
    expect(b.status("job").state).toBe("ready");
    expect(b.status("web").state).toBe("ready");
    b.killCoordinator();
    await b.clock.advance(60_000);
    expect(b.status("job").state).toBe("ready");
    expect(b.engine.calls).toEqual([]);
    await expect(b.call("command", { action: "run", services: ["job"] })).rejects.toThrow(
      /^job is not run: its container is gone\. ".*pulumi up.*" creates it again\.$/,
    );
  },
);

test("one that is to be run again by its own edge is, once an up has created its container again", async () => {
  applyJob(2, { runs: "whenChanged", generation: "1", verification: 1, needs: { db: "restart" } });
  b.engine.remove("job");
  b.engine.crash("db");
  await b.clock.advance(60_000);
  expect(b.status("job").state).toBe("ready");
  expect(b.engine.calls).toEqual(["start db"]);
});

test("one that runs once is not run again in the container that an up creates in the place of that", async () => {
  applyJob(2, { runs: "once", generation: "1", verification: 1 });
  b.engine.remove("job");
  await b.clock.advance(1000);
  b.engine.add("another", { running: false, startedMs: undefined });
  applyJob(3, { runs: "once", container: "another", generation: "another", again: false });
  const { verdict } = b.gate("db", "job");
  await b.clock.advance(60_000);
  expect(await verdict).toMatchObject({ opened: true });
  expect(b.engine.calls).toEqual([]);
  expect(b.status("job").cause?.text).toBe("it has completed before, and runs once");
});

test("one with a schedule has still something to do: it is stopped where its container is gone", async () => {
  const schedule = { cron: "0 3 * * *", timeZone: "UTC", missed: "skip" } as const;
  applyJob(2, { runs: "once", generation: "1", verification: 1, schedule });
  b.engine.remove("job");
  await b.clock.advance(1000);
  expect(b.status("job")).toMatchObject({
    ...{ state: "stopped", cause: { text: "its container is gone: somebody removed it" } },
  });
});

import { afterEach, beforeEach, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(async () => {
  b = bench();
  for (const name of ["db", "web"]) b.engine.add(name);
  b.engine.add("job", { running: false, startedMs: undefined });
  b.scripts[9] = () => (b.engine.container("job")?.running === true ? failed() : passed);
  b.apply("db", { probes: { up: probeOn(2) } });
  const readiness = { job: true, probes: { completed: probeOn(9) } };
  b.apply("job", readiness, { needs: { db: "ignore" }, waitsForNeeds: true, runs: "once", startIndex: 1 });
  b.apply("web", {}, { needs: { job: "ignore" }, startIndex: 2 });
  await b.clock.advance(1000);
  b.engine.crash("job", 0);
  await b.clock.advance(1000);
  b.engine.calls.splice(0);
  b.changesSince();
});
afterEach(() => b.close());

const run = (...services: string[]) => b.call("command", { action: "run", services });

test("a job is run once more, and its end is waited for; nobody who needs it is impaired", async () => {
  b.engine.lines = ["all done"];
  const result = run("job");
  await b.clock.advance(5000);
  expect(b.engine.calls).toEqual(["start job"]);
  b.engine.crash("job", 0);
  await b.clock.advance(1000);
  expect(await result).toMatchObject({
    steps: [{ service: "job", action: "run", result: "ready" }],
    ended: { exitCode: 0, lines: ["all done"] },
  });
  expect(b.changesSince().filter((line) => line.startsWith("web"))).toEqual([]);
});

test("one that fails is not repeated, and says how it ended", async () => {
  const result = run("job");
  await b.clock.advance(1000);
  b.engine.crash("job", 3);
  await b.clock.advance(60_000);
  expect(await result).toMatchObject({
    steps: [{ service: "job", result: "failed", cause: "exited with code 3" }],
    ended: { exitCode: 3 },
  });
  expect(b.engine.calls).toEqual(["start job"]);
  expect(b.status("job").state).toBe("failed");
  expect(b.status("web").state).toBe("ready");
});

test("it waits for what it needs, in a hold as well", async () => {
  await b.call("hold", { forMs: 600_000 });
  b.scripts[2] = () => failed();
  b.engine.byHand.restart("db");
  await b.clock.advance(1000);
  const result = run("job");
  await b.clock.advance(5000);
  expect(b.engine.calls).toEqual([]);
  b.scripts[2] = () => passed;
  await b.clock.advance(3000);
  b.engine.crash("job", 0);
  await b.clock.advance(1000);
  expect(await result).toMatchObject({ ended: { exitCode: 0 } });
});

test("what runs, what is no job, and more than one are refused", async () => {
  const first = run("job");
  await b.clock.advance(1000);
  const refused = { code: "PHASEGATE_CONTROL_REFUSED" };
  await expect(run("job")).rejects.toMatchObject({
    ...refused,
    message: "job is not run: a run of it is not over yet",
  });
  await expect(run("web")).rejects.toMatchObject(refused);
  await expect(run()).rejects.toMatchObject(refused);
  await expect(run("job", "web")).rejects.toMatchObject(refused);
  b.engine.crash("job", 0);
  await b.clock.advance(1000);
  await first;
});

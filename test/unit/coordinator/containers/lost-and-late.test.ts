import { afterEach, beforeEach, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";

let b: Bench;
beforeEach(async () => {
  b = bench();
  b.engine.add("web");
  b.apply("web");
  await b.clock.advance(1000);
  b.changesSince();
});
afterEach(() => b.close());

test("an answer about a container that comes late never overwrites a newer one", async () => {
  const answers: (() => void)[] = [];
  b.engine.holdsBack = (call) =>
    call === "inspect web" ? new Promise((resolve) => answers.push(resolve)) : undefined;
  b.engine.tell("web", "pause");
  await b.clock.advance(1);
  b.engine.crash("web", 137);
  b.engine.onStart = () => new Promise(() => undefined);
  await b.clock.advance(0);
  expect(answers).toHaveLength(2);
  const [itRuns, itHasEnded] = answers;
  itHasEnded?.();
  await b.clock.advance(500);
  expect(b.status("web").state).toBe("restarting");
  itRuns?.();
  await b.clock.advance(400);
  expect(b.record("web")).toMatchObject({ seen: { running: false, exitCode: 137 }, generation: 2 });
  expect(b.changesSince()).toEqual(["web ready → restarting: exited with code 137"]);
});

test("an end that no event tells of is found within a quarter of a minute, and healed", async () => {
  b.engine.change("web", { running: false, exitCode: 137, finishedMs: b.clock.now() });
  await b.clock.advance(15_000);
  expect(b.changesSince()).toEqual([
    "web ready → restarting: exited with code 137",
    "web restarting → starting: exited with code 137",
    "web starting → ready: all probes of web pass",
  ]);
});

test("a removal that no event tells of is found as well", async () => {
  b.engine.lose("web");
  await b.clock.advance(15_000);
  expect(b.changesSince()).toEqual(["web ready → stopped: its container is gone: somebody removed it"]);
});

test("another run that no event tells of is another generation, and is proven", async () => {
  b.engine.change("web", { startedMs: b.clock.now() });
  await b.clock.advance(15_000);
  expect(b.record("web")).toMatchObject({ generation: 2, by: "operator" });
  expect(b.changesSince()).toEqual([
    "web ready → starting: it was started by other means than the coordinator",
    "web starting → ready: all probes of web pass",
  ]);
});

test("what happened while the events were cut off is found when they come again, at once", async () => {
  b.engine.endEvents();
  b.engine.crash("web", 137);
  await b.clock.advance(200);
  expect(b.engine.followers()).toBe(1);
  expect(b.status("web").state).toBe("restarting");
});

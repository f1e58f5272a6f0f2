import { afterEach, beforeEach, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(async () => {
  b = bench();
  for (const [name, startIndex, needs] of [
    ["redis", 0, {}],
    ["auth", 1, { redis: "restart" }],
  ] as const) {
    b.engine.add(name);
    b.apply(name, { probes: { answers: probeOn(startIndex) } }, { startIndex, needs });
  }
  await b.clock.advance(20_000);
  b.engine.calls.length = 0;
  b.changesSince();
});
afterEach(() => b.close());

const hour = 3_600_000;
const state = (service: string) => b.record(service).state.name;

test("what fails while the stack is held is noticed, is not restarted, and is restarted after the release, with what depends on it", async () => {
  await b.call("hold", { forMs: hour });
  b.engine.crash("redis", 137);
  await b.clock.advance(hour / 2);
  expect(b.changesSince()).toEqual([
    "redis ready → restarting: exited with code 137",
    "auth ready → degraded: redis, which it depends on, is not ready",
  ]);
  expect(b.engine.calls).toEqual([]);
  await b.call("release", {});
  await b.clock.advance(5000);
  expect(b.engine.calls).toEqual(["start redis", "stop auth", "start auth"]);
  expect([state("redis"), state("auth")]).toEqual(["ready", "ready"]);
});

test("a restart that is due when the hold begins waits for its end, which comes by itself", async () => {
  b.engine.crash("redis");
  await b.clock.advance(500);
  expect(state("redis")).toBe("restarting");
  await b.call("hold", { forMs: 60_000 });
  await b.clock.advance(59_000);
  expect(b.engine.calls).toEqual([]);
  await b.clock.advance(2000);
  expect(b.engine.calls).toContain("start redis");
  expect((await b.call("status", {})).held).toBeUndefined();
});

test("a service whose probes fail is not restarted either, and is ready again if it recovers", async () => {
  await b.call("hold", { forMs: hour });
  b.scripts[0] = () => failed();
  await b.clock.advance(60_000);
  expect(state("redis")).toBe("restarting");
  expect(b.engine.calls).toEqual([]);
  b.scripts[0] = () => passed;
  await b.call("release", {});
  await b.clock.advance(20_000);
  expect(state("redis")).toBe("ready");
});

test("what is killed by hand stays down, and what is started by hand is proven", async () => {
  await b.call("hold", { forMs: hour });
  b.engine.crash("redis");
  await b.clock.advance(5000);
  b.engine.byHand.start("redis");
  await b.clock.advance(20_000);
  expect(b.engine.calls).toEqual([]);
  expect([state("redis"), state("auth")]).toEqual(["ready", "degraded"]);
  await b.call("release", {});
  await b.clock.advance(20_000);
  expect(b.engine.calls).toEqual(["stop auth", "start auth"]);
  expect(state("auth")).toBe("ready");
});

test("a hold outlives the coordinator, and a reboot", async () => {
  await b.call("hold", { forMs: hour, why: "the disk is replaced" });
  b.engine.crash("redis");
  b.engine.crash("auth");
  b.killCoordinator();
  await b.clock.advance(60_000);
  expect(b.engine.calls).toEqual([]);
  expect((await b.call("status", {})).held).toEqual({
    sinceMs: 1_020_000,
    untilMs: 1_020_000 + hour,
    why: "the disk is replaced",
  });
  await b.clock.advance(hour);
  expect(b.engine.calls.slice(0, 1)).toEqual(["start redis"]);
  expect([state("redis"), state("auth")]).toEqual(["ready", "ready"]);
});

test("a hold that has ended while the coordinator did not run is over", async () => {
  await b.call("hold", { forMs: 60_000 });
  b.close();
  await b.clock.advance(120_000);
  b.killCoordinator();
  await b.clock.advance(1000);
  expect((await b.call("status", {})).held).toBeUndefined();
});

test("is put off by another, which keeps its reason unless it has one, and is ended by a release", async () => {
  await b.call("hold", { forMs: 60_000, why: "an upgrade" });
  await b.clock.advance(30_000);
  const nowMs = b.clock.now();
  expect(await b.call("hold", { forMs: 60_000 })).toEqual({
    sinceMs: nowMs - 30_000,
    untilMs: nowMs + 60_000,
    why: "an upgrade",
  });
  await b.clock.advance(45_000);
  expect(await b.call("release", {})).toEqual({
    held: { sinceMs: nowMs - 30_000, untilMs: nowMs + 60_000, why: "an upgrade" },
  });
  expect(await b.call("release", {})).toEqual({ held: undefined });
});

test("an up goes on: what it wants is begun, and what does not become ready in its gate is restarted", async () => {
  await b.call("hold", { forMs: hour });
  const leave = b.deploy();
  b.engine.add("redis2");
  const worksFromMs = b.clock.now() + 3000;
  b.scripts[0] = () => (b.clock.now() >= worksFromMs ? passed : failed());
  b.apply("redis", { probes: { answers: probeOn(0) } }, { container: "redis2" });
  const again = { startIndex: 1, generation: "second", restartFor: ["redis"] };
  b.apply("auth", { probes: { answers: probeOn(1) } }, { ...again, needs: { redis: "restart" } });
  await b.clock.advance(100);
  b.engine.crash("redis2");
  await b.clock.advance(30_000);
  expect(b.engine.calls).toEqual(["start redis2", "stop auth", "start auth"]);
  expect([state("redis"), state("auth")]).toEqual(["ready", "ready"]);
  leave();
  b.engine.crash("redis2");
  await b.clock.advance(60_000);
  expect(b.engine.calls).toHaveLength(3);
});

test("a failure that a program reports is refused", async () => {
  await b.call("hold", { forMs: hour });
  await expect(b.call("handleFailure", { service: "redis", failure: "exited" })).rejects.toMatchObject({
    code: "PHASEGATE_CONTROL_REFUSED",
    message:
      'redis is not restarted: the stack is held until 1970-01-01 01:17:00 UTC. "npx phasegate release --stack dev" ends that.',
  });
  expect(b.engine.calls).toEqual([]);
});

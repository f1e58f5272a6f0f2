import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import {
  allReady,
  applyService,
  forgetTheBeginning,
  readyStack,
  started,
  states,
} from "../../../support/ready-stack.ts";

let b: Bench;
beforeEach(async () => {
  b = await readyStack();
});
afterEach(() => b.close());

const restarted = ["stop auth", "start auth", "stop backend", "start backend"];

describe("an up", () => {
  test("that begins in the middle of a cascade lets it go on, and does nothing twice", async () => {
    b.engine.crash("redis", 137);
    await b.clock.advance(500);
    const end = b.deploy();
    for (const service of ["redis", "auth", "backend", "frontend"] as const) applyService(b, service);
    const { verdict } = b.gate("redis", "auth", "backend", "frontend");
    await b.clock.advance(10_000);
    expect(await verdict).toMatchObject({ opened: true });
    end();
    await b.clock.advance(60_000);
    expect(started(b)).toEqual(["redis", "auth", "backend"]);
    expect(states(b)).toEqual(allReady);
  });

  test("that replaces what a cascade is about restarts each of its dependents once", async () => {
    b.engine.crash("redis", 137);
    await b.clock.advance(500);
    const end = b.deploy();
    b.engine.remove("redis");
    b.engine.add("redis-2");
    applyService(b, "redis", { container: "redis-2", generation: "redis-2" });
    await b.clock.advance(1000);
    applyService(b, "auth", { generation: "second", restartFor: ["redis"] });
    applyService(b, "backend", { generation: "second", restartFor: ["redis", "auth"] });
    await b.clock.advance(10_000);
    end();
    await b.clock.advance(60_000);
    expect(started(b)).toEqual(["auth", "backend"]);
    expect(states(b)).toEqual(allReady);
  });

  test("that is killed after it has replaced a service leaves its dependents to the coordinator, and the next one restarts nothing", async () => {
    const end = b.deploy();
    b.engine.remove("redis");
    b.engine.add("redis-2");
    applyService(b, "redis", { container: "redis-2", generation: "redis-2" });
    await b.clock.advance(30_000);
    expect(b.engine.calls, "while it is connected, that is its own to do").toEqual([]);
    expect(b.status("auth").state).toBe("degraded");
    end();
    await b.clock.advance(10_000);
    expect(b.engine.calls).toEqual(restarted);
    expect(states(b)).toEqual(allReady);
    forgetTheBeginning(b);
    const next = b.deploy();
    applyService(b, "auth", { generation: "second", restartFor: ["redis"] });
    applyService(b, "backend", { generation: "second", restartFor: ["redis", "auth"] });
    const { verdict } = b.gate("auth", "backend");
    await b.clock.advance(10_000);
    expect(await verdict).toMatchObject({ opened: true });
    next();
    await b.clock.advance(60_000);
    expect(b.engine.calls).toEqual([]);
  });

  test("beside which a service fails that is none of its own does not keep it from being healed", async () => {
    const end = b.deploy();
    b.engine.crash("queue", 137);
    await b.clock.advance(10_000);
    expect(started(b)).toEqual(["queue", "worker"]);
    end();
  });

  test("that starts a service which somebody had stopped does not wait for what it has replaced beside it", async () => {
    b.engine.byHand.stop("frontend");
    await b.clock.advance(1000);
    const end = b.deploy();
    b.engine.remove("backend");
    b.engine.add("backend-2");
    applyService(b, "backend", { container: "backend-2", generation: "backend-2" });
    await b.clock.advance(1000);
    // It follows the backend by a proof: that it is started is one.
    applyService(b, "frontend", { generation: "second" });
    const { verdict } = b.gate("backend", "frontend");
    await b.clock.advance(5000);
    expect(await Promise.race([verdict, Promise.resolve("it waits")])).toMatchObject({ opened: true });
    end();
    await b.clock.advance(60_000);
    expect(b.engine.calls).toEqual(["start frontend"]);
    expect(b.changes.filter((line) => line.startsWith("frontend starting → ready"))).toHaveLength(1);
  });

  test("restarts what it wants restarted also where the coordinator has lost what it knew, and starts once what has ended", async () => {
    b.engine.byHand.stop("worker");
    await b.call("forget", { services: b.services() });
    b.killCoordinator();
    await b.clock.advance(1000);
    forgetTheBeginning(b);
    const end = b.deploy();
    for (const service of ["redis", "queue"] as const) {
      b.engine.remove(service);
      b.engine.add(`${service}-2`);
      applyService(b, service, { container: `${service}-2`, generation: "second" });
    }
    applyService(b, "auth", { generation: "second", again: true, restartFor: ["redis"] });
    applyService(b, "worker", { generation: "second", again: true, restartFor: ["queue"] });
    const { verdict } = b.gate("redis", "queue", "auth", "worker");
    await b.clock.advance(10_000);
    expect(await Promise.race([verdict, Promise.resolve("it waits")])).toMatchObject({ opened: true });
    end();
    await b.clock.advance(60_000);
    expect(b.engine.calls.toSorted()).toEqual(["start auth", "start worker", "stop auth"]);
  });
});

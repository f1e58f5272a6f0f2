import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { noHistory } from "../../../../lib/history/history.ts";
import type { Incident } from "../../../../lib/model/transition.ts";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { failed, passed } from "../../../support/outcomes.ts";
import {
  allReady,
  applyService,
  forgetTheBeginning,
  portOf,
  readyStack,
  services,
  started,
  states,
} from "../../../support/ready-stack.ts";

// The coordinator's process is killed, and another one goes on with what was on the disk.

let b: Bench;
beforeEach(async () => {
  b = await readyStack();
});
afterEach(() => b.close());

/** An engine that takes its time, whoever waits for it. */
function slowEngine(): void {
  const { onStop, onStart } = b.engine;
  b.engine.onStop = async (id, graceMs) => {
    await b.clock.sleep(700);
    await onStop(id, graceMs);
  };
  b.engine.onStart = async (id) => {
    await b.clock.sleep(400);
    await onStart(id);
  };
}

/** How often each service was begun by the engine, whoever ordered it. */
function runsSince(sinceMs: number): string[] {
  return services.filter((service) => (b.engine.container(service)?.startedMs ?? 0) >= sinceMs);
}

test("what was ready is ready, at once, and nothing is asked of the engine but how it is", async () => {
  b.killCoordinator();
  await b.clock.advance(60_000);
  expect(states(b)).toEqual(allReady);
  expect(b.changesSince()).toEqual([]);
  expect(b.engine.calls).toEqual([]);
});

describe("in the middle of a cascade", () => {
  test.each(Array.from({ length: 30 }, (_, i) => i * 200))(
    "%i ms after the failure: it goes on, and every service is begun once",
    async (ms) => {
      slowEngine();
      const begun: string[] = [];
      const { onStart } = b.engine;
      b.engine.onStart = (id) => {
        if (b.engine.container(id)?.running !== true) begun.push(id);
        return onStart(id);
      };
      const sinceMs = b.clock.now();
      b.engine.crash("redis", 137);
      await b.clock.advance(ms);
      b.killCoordinator();
      await b.clock.advance(60_000);
      expect(states(b)).toEqual(allReady);
      expect(begun).toEqual(["redis", "auth", "backend"]);
      expect(runsSince(sinceMs)).toEqual(["redis", "auth", "backend"]);
      // What the coordinator itself had ordered is nobody's hand.
      expect(b.transitions.filter(({ cause }) => cause.kind === "operator")).toEqual([]);
    },
  );

  test("twice, it goes on as well", async () => {
    slowEngine();
    const sinceMs = b.clock.now();
    b.engine.crash("redis", 137);
    for (let n = 0; n < 8; n++) {
      await b.clock.advance(450);
      b.killCoordinator();
    }
    await b.clock.advance(60_000);
    expect(states(b)).toEqual(allReady);
    expect(runsSince(sinceMs)).toEqual(["redis", "auth", "backend"]);
  });
});

describe("while a gate is waited for", () => {
  const wait = async () => {
    b.close();
    b = bench();
    b.engine.add("web");
    b.scripts[1] = () => (b.clock.now() >= 1_020_000 ? passed : failed());
    b.apply("web");
    const before = b.gate("web");
    await b.clock.advance(10_000);
    return before;
  };

  test("the wait goes on, on another connection, and its budget is no new one", async () => {
    await wait();
    b.killCoordinator();
    const { verdict, progress } = b.resumedGate("web");
    await b.clock.advance(1000);
    expect(progress.at(-1)).toMatch(/^0\/1 ready · web 0 of 1, 1[01]s of 60s/);
    await b.clock.advance(10_000);
    expect(await verdict).toMatchObject({ opened: true, services: [{ provenAgain: false }] });
    expect(b.engine.calls).toEqual([]);
  });

  test("a service that is never ready fails at the deadline that it had", async () => {
    await wait();
    b.scripts[1] = () => failed();
    b.killCoordinator();
    const { verdict } = b.resumedGate("web");
    await b.clock.advance(49_900);
    expect(b.status("web").state).toBe("starting");
    await b.clock.advance(200);
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [{ usedMs: 60_000, reason: "deadline" }],
    });
  });

  test("what failed while nobody was connected is what the resumed wait is answered with; who asks anew tries again", async () => {
    const { leave } = await wait();
    b.scripts[1] = () => failed();
    b.kill();
    leave();
    b.start();
    await b.clock.advance(60_000);
    expect(b.status("web").state).toBe("failed");
    const resumed = b.resumedGate("web");
    await b.clock.advance(0);
    expect(await resumed.verdict).toMatchObject({ opened: false, failures: [{ reason: "deadline" }] });
    b.scripts[1] = () => passed;
    const anew = b.gate("web");
    await b.clock.advance(1000);
    expect(await anew.verdict).toMatchObject({ opened: true });
  });

  test("the restarts of its failure policy are counted on", async () => {
    b.close();
    b = bench();
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    await b.clock.advance(0);
    b.engine.crash("web");
    await b.clock.advance(1500);
    b.killCoordinator();
    await b.clock.advance(500);
    b.engine.crash("web");
    await b.clock.advance(2500);
    b.killCoordinator();
    await b.clock.advance(500);
    b.engine.crash("web");
    await b.clock.advance(0);
    expect(b.status("web")).toMatchObject({ state: "failed", restarts: 2 });
  });
});

describe("what somebody has done by hand", () => {
  test("before the coordinator was killed is respected afterwards", async () => {
    b.engine.byHand.stop("redis");
    await b.clock.advance(1000);
    b.killCoordinator();
    await b.clock.advance(3_600_000);
    expect(b.status("redis")).toMatchObject({ state: "stopped", cause: { kind: "operator" } });
    expect(b.engine.calls).toEqual([]);
  });

  test.each([
    ["stopped", () => b.engine.byHand.stop("redis"), "somebody stopped it through the container engine"],
    ["removed", () => b.engine.remove("redis"), "its container is gone: somebody removed it"],
  ])("while there was no coordinator is respected as well: %s", async (_how, act, text) => {
    await b.clock.advance(10_000);
    b.kill();
    await b.clock.advance(5000);
    act();
    await b.clock.advance(60_000);
    b.start();
    await b.clock.advance(60_000);
    expect(b.status("redis")).toMatchObject({ state: "stopped", cause: { kind: "operator", text } });
    expect(b.status("auth")).toMatchObject({ state: "degraded", cause: { service: "redis" } });
    expect(b.engine.calls).toEqual([]);
  });

  test("to restart a service meanwhile is another generation, which is followed once", async () => {
    b.kill();
    await b.clock.advance(5000);
    b.engine.byHand.restart("redis");
    await b.clock.advance(60_000);
    b.start();
    await b.clock.advance(10_000);
    expect(states(b)).toEqual(allReady);
    expect(started(b)).toEqual(["auth", "backend"]);
  });
});

describe("what ended while there was no coordinator", () => {
  test("by itself is started, and what needs it follows", async () => {
    await b.clock.advance(10_000);
    b.kill();
    await b.clock.advance(5000);
    b.engine.crash("redis", 137);
    await b.clock.advance(60_000);
    b.start();
    await b.clock.advance(10_000);
    expect(states(b)).toEqual(allReady);
    expect(started(b)).toEqual(["redis", "auth", "backend"]);
    expect(b.transitions[0]).toMatchObject({
      service: "redis",
      cause: { kind: "boot", text: "it ended while the coordinator did not run" },
    });
  });

  test("with the machine is started in the order of the phases, each behind the gates of those before", async () => {
    const startedAt: Record<string, number> = {};
    const { onStart } = b.engine;
    b.engine.onStart = (id) => {
      startedAt[id] = b.clock.now();
      return onStart(id);
    };
    for (const service of services)
      b.scripts[portOf(service)] = () =>
        b.clock.now() >= (startedAt[service] ?? Infinity) + 5000 ? passed : failed();
    b.kill();
    for (const service of services)
      b.engine.change(service, { running: false, exitCode: 255, finishedMs: b.clock.now() });
    await b.clock.advance(30_000);
    b.start();
    await b.clock.advance(120_000);
    expect(states(b)).toEqual(allReady);
    const at = services.map((service) => startedAt[service] ?? NaN);
    const [redis = NaN, queue, auth = NaN, worker, backend = NaN, frontend = NaN] = at;
    expect(started(b)).toHaveLength(services.length);
    expect([queue, worker]).toEqual([redis, auth]);
    expect(auth).toBeGreaterThanOrEqual(redis + 5000);
    expect(backend).toBeGreaterThanOrEqual(auth + 5000);
    expect(frontend).toBeGreaterThanOrEqual(backend + 5000);
  });
});

test("how often a service was restarted is not forgotten: it is given up as if nothing had been", async () => {
  for (let n = 0; n < 20; n++) {
    if (b.engine.container("redis")?.running) b.engine.crash("redis", 1);
    await b.clock.advance(10_000);
    b.killCoordinator();
    await b.clock.advance(10_000);
  }
  expect(b.status("redis").state).toBe("givenUp");
  expect(started(b).filter((service) => service === "redis")).toHaveLength(5);
});

test("a hold goes on, and ends when it was to end", async () => {
  await b.call("hold", { forMs: 60_000 });
  b.killCoordinator();
  b.engine.crash("redis", 137);
  await b.clock.advance(30_000);
  expect(b.engine.calls).toEqual([]);
  await b.clock.advance(40_000);
  expect(states(b)).toEqual(allReady);
  expect(started(b)).toEqual(["redis", "auth", "backend"]);
});

test("an up that is connected to a coordinator that is killed holds nothing back", async () => {
  b.deploy();
  b.engine.remove("redis");
  b.engine.add("redis-2");
  applyService(b, "redis", { container: "redis-2", generation: "redis-2" });
  await b.clock.advance(5000);
  forgetTheBeginning(b);
  b.killCoordinator();
  await b.clock.advance(10_000);
  expect(started(b)).toEqual(["auth", "backend"]);
  expect(states(b)).toEqual(allReady);
});

describe("what is wanted of a coordinator before it has looked at anything", () => {
  test("is proven, where that is wanted", async () => {
    b.killCoordinator();
    const before = b.attempts[portOf("redis")]?.length ?? 0;
    applyService(b, "redis", { verification: 2, again: true });
    const { verdict } = b.gate("redis");
    await b.clock.advance(1000);
    expect(await Promise.race([verdict, Promise.resolve("it waits")])).toMatchObject({ opened: true });
    expect(b.attempts[portOf("redis")]?.length).toBe(before + 1);
    expect(b.engine.calls).toEqual([]);
  });

  test("is restarted, where that is ordered, and not taken for ended", async () => {
    b.killCoordinator();
    const response = b.call("command", { action: "restart", services: ["frontend"] });
    await b.clock.advance(10_000);
    expect((await response).steps[0]).toMatchObject({ service: "frontend", result: "ready" });
    expect(b.engine.calls).toEqual(["stop frontend", "start frontend"]);
  });
});

test("an incident whose last changes were not kept is over, when all that it has reached are well", async () => {
  const incident: Incident = {
    ...{ id: 3, openedMs: 0, root: "redis", cause: { kind: "exited", text: "exited with code 137" } },
    ...{ outcome: "open", services: { redis: "starting", old: "degraded" }, steps: [] },
  };
  const kept: Incident[] = [];
  const own = bench({
    history: {
      ...noHistory("a part of it is there"),
      lastNumbers: { transition: 0, incident: 3 },
      incidents: () => ({ records: [incident], cut: false }),
      incident: (one) => void kept.push(one),
    },
  });
  own.engine.add("redis");
  own.apply("redis");
  await own.clock.advance(1000);
  own.killCoordinator();
  expect(kept.at(-1)).toMatchObject({ id: 3, outcome: "recovered", services: { redis: "ready" } });
  expect((await own.call("status", {})).incidents).toEqual([]);
  own.close();
});

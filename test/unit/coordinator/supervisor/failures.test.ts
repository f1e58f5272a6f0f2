import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PhasegateError } from "../../../../lib/core/errors.ts";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { failed, passed } from "../../../support/outcomes.ts";
import {
  allReady,
  applyService,
  forgetTheBeginning,
  portOf,
  readyStack,
  started,
  states,
} from "../../../support/ready-stack.ts";

let b: Bench;
beforeEach(async () => {
  b = await readyStack();
});
afterEach(() => b.close());

const incidents = () => new Set(b.transitions.flatMap(({ incident }) => incident ?? []));

describe("two services that fail at once", () => {
  test("of which one needs the other are one cascade, in which each is started once", async () => {
    b.engine.crash("redis", 137);
    b.engine.crash("auth", 1);
    await b.clock.advance(500);
    expect(states(b)).toEqual([
      "redis restarting: exited with code 137",
      "queue ready",
      "auth pending: redis, which it depends on, is not ready",
      "worker ready",
      "backend degraded: redis, which it depends on, is not ready",
      "frontend degraded: redis, which it depends on, is not ready",
    ]);
    await b.clock.advance(10_000);
    expect(states(b)).toEqual(allReady);
    expect(started(b)).toEqual(["redis", "auth", "backend"]);
    expect(incidents().size).toBe(1);
  });

  test("the second while the first is being followed join one cascade", async () => {
    b.scripts[portOf("auth")] = () => (b.clock.now() >= 1_010_000 ? passed : failed());
    b.engine.crash("redis", 137);
    await b.clock.advance(3000);
    expect(b.status("auth").state).toBe("starting");
    b.engine.crash("redis", 137);
    await b.clock.advance(30_000);
    expect(states(b)).toEqual(allReady);
    // Auth follows redis once more: it had been started with the run before.
    expect(started(b)).toEqual(["redis", "auth", "redis", "auth", "backend"]);
    expect(incidents().size).toBe(1);
    // Nothing is decided about a service that is in the middle of an event: that would be decided again after it.
    const begun = b.log.filter((line) => line.startsWith("begin-")).map((line) => line.split(",")[0]);
    expect(begun).toEqual([
      ...['begin-restart {"service":"auth"', 'begin-restart {"service":"auth"'],
      ...['begin-restart {"service":"backend"', 'begin-verify {"service":"frontend"'],
    ]);
  });

  test("in two parts of the graph are two cascades that do not wait for each other", async () => {
    b.scripts[portOf("redis")] = () => failed();
    b.engine.crash("redis", 137);
    b.engine.crash("queue", 137);
    await b.clock.advance(10_000);
    expect(started(b)).toEqual(["redis", "queue", "worker"]);
    expect(b.status("worker").state).toBe("ready");
    b.scripts[portOf("redis")] = () => passed;
    await b.clock.advance(10_000);
    expect(states(b)).toEqual(allReady);
    expect(started(b)).toEqual(["redis", "queue", "worker", "auth", "backend"]);
    expect(incidents().size).toBe(2);
  });
});

describe("a dependency that flaps every 20 s for an hour", () => {
  test("by ending is given up, its dependents are impaired by it, and nobody is restarted any more", async () => {
    for (let n = 0; n < 180; n++) {
      if (b.engine.container("redis")?.running) b.engine.crash("redis", 1);
      await b.clock.advance(20_000);
    }
    const impaired = "degraded: redis, which it depends on, is given up";
    expect(states(b)).toEqual([
      "redis givenUp: exited with code 1; 5 restarts within 10m did not help",
      "queue ready",
      `auth ${impaired}`,
      "worker ready",
      `backend ${impaired}`,
      `frontend ${impaired}`,
    ]);
    expect(started(b).filter((service) => service === "redis")).toHaveLength(5);
    expect(started(b).filter((service) => service === "auth").length).toBeLessThanOrEqual(5);
    const response = b.call("command", { action: "restart", services: ["redis"] });
    await b.clock.advance(10_000);
    expect((await response).steps[0]).toMatchObject({ service: "redis", result: "ready" });
    expect(states(b)).toEqual(allReady);
  });

  test("by a probe that is only reported is degraded and ready in turns, and nobody is restarted", async () => {
    const slow = failed("p95 of 80ms, expected under 20ms", "slow");
    b.scripts[portOf("redis")] = () => ((b.clock.now() / 20_000) % 2 < 1 ? slow : passed);
    await b.clock.advance(3_600_000);
    b.scripts[portOf("redis")] = () => passed;
    await b.clock.advance(60_000);
    expect(states(b)).toEqual(allReady);
    expect(started(b)).toEqual([]);
    expect(
      b.transitions.filter(({ service, to }) => service === "redis" && to === "degraded").length,
    ).toBeGreaterThan(50);
    expect(b.transitions.filter(({ service }) => service !== "redis")).toEqual([]);
  });
});

test("a restart that the engine refuses is tried as often as the intensity allows, and given up with the engine's words", async () => {
  b.engine.onStart = (id) => {
    if (id === "redis") throw new Error("driver failed: port is already allocated");
    b.engine.byHand.start(id);
  };
  b.engine.crash("redis", 1);
  await b.clock.advance(600_000);
  expect(states(b).slice(0, 3)).toEqual([
    "redis givenUp: driver failed: port is already allocated; 5 restarts within 10m did not help",
    "queue ready",
    "auth degraded: redis, which it depends on, is given up",
  ]);
  expect(started(b)).toEqual(Array(5).fill("redis"));
  b.engine.onStart = b.engine.byHand.start;
  // Somebody mends it by hand: a service that is given up is not left alone by its probes.
  b.engine.byHand.start("redis");
  await b.clock.advance(30_000);
  expect(states(b)).toEqual(allReady);
});

test("a container that is removed in the middle of a cascade ends its way there, and an up goes on", async () => {
  b.scripts[portOf("auth")] = () => failed();
  b.engine.crash("redis", 137);
  await b.clock.advance(5000);
  expect(b.status("auth").state).toBe("starting");
  b.engine.remove("auth");
  b.scripts[portOf("auth")] = () => passed;
  await b.clock.advance(60_000);
  expect(states(b)).toEqual([
    ...["redis ready", "queue ready"],
    "auth stopped: its container is gone: somebody removed it",
    "worker ready",
    "backend degraded: auth, which it depends on, is stopped",
    "frontend degraded: auth, which it depends on, is stopped",
  ]);
  forgetTheBeginning(b);
  const end = b.deploy();
  b.engine.add("auth-2");
  applyService(b, "auth", { container: "auth-2", generation: "auth-2" });
  await b.clock.advance(1000);
  applyService(b, "backend", { generation: "second", restartFor: ["auth"] });
  await b.clock.advance(10_000);
  expect(states(b)).toEqual(allReady);
  expect(started(b)).toEqual(["backend"]);
  end();
  await b.clock.advance(60_000);
  expect(started(b)).toEqual(["backend"]);
});

describe("an engine that is silent for minutes", () => {
  const noAnswer = new PhasegateError("PHASEGATE_ENGINE_UNREACHABLE", "socket hang up");
  const silenced = {
    refusing: () => (b.engine.silence = noAnswer),
    hanging: () => (b.engine.hangs = () => true),
  };
  const answers = () => {
    b.engine.silence = undefined;
    b.engine.hangs = () => false;
  };

  test.each(["refusing", "hanging"] as const)(
    "(%s) changes nothing as long as the probes pass",
    async (how) => {
      silenced[how]();
      b.engine.endEvents();
      await b.clock.advance(600_000);
      expect(states(b)).toEqual(allReady);
      answers();
      await b.clock.advance(60_000);
      expect(b.changesSince()).toEqual([]);
      expect(b.engine.calls).toEqual([]);
    },
  );

  test.each(["refusing", "hanging"] as const)(
    "(%s) while a service ends: that is healed when it is back, once, and what it did not answer counts for nothing",
    async (how) => {
      silenced[how]();
      b.engine.endEvents();
      b.engine.change("redis", { running: false, exitCode: 137, finishedMs: b.clock.now() });
      b.scripts[portOf("redis")] = () =>
        b.engine.container("redis")?.running ? passed : failed("connection refused by redis:6379");
      await b.clock.advance(600_000);
      expect(states(b).slice(0, 3)).toEqual([
        expect.stringMatching(/^redis restarting: (socket hang up|the container engine did not|.*no answer)/),
        "queue ready",
        "auth degraded: redis, which it depends on, is not ready",
      ]);
      b.engine.calls.length = 0;
      answers();
      await b.clock.advance(60_000);
      expect(states(b)).toEqual(allReady);
      expect(started(b)).toEqual(["redis", "auth", "backend"]);
      expect(b.record("redis").restartsMs).toHaveLength(1);
    },
  );
});

test.each([3_600_000, -3_600_000])(
  "a clock that jumps by %i ms for people and the engine changes nothing in what is done",
  async (jumpMs) => {
    b.close();
    let jumped = false;
    b = await readyStack({ wallMs: (nowMs) => nowMs + (jumped ? jumpMs : 0) });
    jumped = true;
    await b.clock.advance(60_000);
    expect(b.changesSince()).toEqual([]);
    b.engine.crash("redis", 137);
    await b.clock.advance(10_000);
    expect(states(b)).toEqual(allReady);
    expect(started(b)).toEqual(["redis", "auth", "backend"]);
    const [first] = b.transitions;
    expect(first?.atMs, "what is shown is the time of people").toBe(b.clock.now() - 10_000 + jumpMs);
    // What it has ordered itself is nobody else's doing, and what somebody else does is. An order is told from one to the run
    // before by the engine's clock: of a run that seems to begin in the future it cannot be.
    const ofRunSince = jumpMs > 0 ? "queue" : "redis";
    b.engine.byHand.stop(ofRunSince);
    await b.clock.advance(10_000);
    expect(b.status(ofRunSince)).toMatchObject({ state: "stopped", cause: { kind: "operator" } });
    b.engine.byHand.start(ofRunSince);
    await b.clock.advance(10_000);
    expect(states(b)).toEqual(allReady);
    b.scripts[portOf("auth")] = () => failed();
    applyService(b, "auth", { verification: 2 });
    const { verdict } = b.gate("auth");
    await b.clock.advance(60_000);
    expect(await verdict).toMatchObject({ opened: false, failures: [{ usedMs: 60_000 }] });
  },
);

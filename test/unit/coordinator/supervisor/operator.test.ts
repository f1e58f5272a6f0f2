import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { passed } from "../../../support/outcomes.ts";
import { allReady, applyService, portOf, readyStack, started, states } from "../../../support/ready-stack.ts";

// What somebody does by other means than the coordinator: with `docker stop` and the like.

let b: Bench;
beforeEach(async () => {
  b = await readyStack();
});
afterEach(() => b.close());

const restarted = ["stop auth", "start auth", "stop backend", "start backend"];

describe("a service that somebody stops", () => {
  test.each([
    ["stops", "somebody stopped it through the container engine", () => b.engine.byHand.stop("redis")],
    ["kills", "somebody stopped it through the container engine", () => b.engine.byHand.kill("redis")],
    ["removes", "its container is gone: somebody removed it", () => b.engine.remove("redis")],
  ])("or %s stays so, and is named as the cause by all that needs it", async (_how, text, act) => {
    act();
    await b.clock.advance(3_600_000);
    expect(b.status("redis")).toMatchObject({ state: "stopped", cause: { kind: "operator", text } });
    const impaired = "degraded: redis, which it depends on, is stopped";
    expect(states(b).slice(1)).toEqual([
      ...["queue ready", `auth ${impaired}`, "worker ready", `backend ${impaired}`, `frontend ${impaired}`],
    ]);
    expect(b.engine.calls).toEqual([]);
    expect(
      b.transitions.flatMap(({ incident }) => incident ?? []),
      "it is no incident",
    ).toEqual([]);
  });

  test("and starts again is proven, and what needs it follows once", async () => {
    b.engine.byHand.stop("redis");
    await b.clock.advance(60_000);
    b.engine.byHand.start("redis");
    await b.clock.advance(10_000);
    expect(states(b)).toEqual(allReady);
    expect(b.engine.calls).toEqual(restarted);
    await b.clock.advance(600_000);
    expect(b.engine.calls).toEqual(restarted);
  });

  test("is stopped for good also where it ends long after the order", async () => {
    b.engine.tell("redis", "kill", {}, 15);
    await b.clock.advance(60_000);
    expect(b.status("redis").state).toBe("ready");
    b.engine.crash("redis", 0);
    await b.clock.advance(60_000);
    expect(b.status("redis")).toMatchObject({ state: "stopped", cause: { kind: "operator" } });
  });

  test("is not what a signal means that asks a process to read its configuration", async () => {
    b.engine.tell("redis", "kill", {}, 1);
    await b.clock.advance(60_000);
    b.engine.crash("redis", 1);
    await b.clock.advance(10_000);
    expect(started(b)).toEqual(["redis", "auth", "backend"]);
  });

  test("while it is being restarted is not started against him", async () => {
    b.engine.crash("redis", 1);
    await b.clock.advance(500);
    expect(b.status("redis").state).toBe("restarting");
    b.engine.remove("redis");
    await b.clock.advance(60_000);
    expect(b.status("redis").state).toBe("stopped");
    expect(b.engine.calls).toEqual([]);
  });
});

describe("a service that somebody restarts", () => {
  test("is another generation: what needs it follows by its edge's policy, once, and a later up restarts nothing", async () => {
    b.engine.byHand.restart("redis");
    await b.clock.advance(10_000);
    expect(states(b)).toEqual(allReady);
    expect(b.record("redis")).toMatchObject({ generation: 2, by: "operator" });
    expect(b.engine.calls).toEqual(restarted);
    expect(
      b.changes.filter((line) => line.startsWith("frontend") && line.includes("→ starting")),
    ).toHaveLength(1);
    for (const service of ["redis", "auth", "backend", "frontend"] as const) applyService(b, service);
    // As Pulumi has it where it has heard of the restart otherwise.
    applyService(b, "auth", { generation: "second", restartFor: ["redis"] });
    await b.clock.advance(60_000);
    expect(b.engine.calls).toEqual(restarted);
    expect(states(b)).toEqual(allReady);
  });

  test("in the middle of the cascade that follows another restart is followed once more, and comes to an end", async () => {
    b.scripts[portOf("auth")] = async () => (await b.clock.sleep(3000), passed);
    b.engine.byHand.restart("redis");
    await b.clock.advance(1000);
    b.engine.byHand.restart("redis");
    await b.clock.advance(60_000);
    expect(states(b)).toEqual(allReady);
    expect(started(b)).toEqual(["auth", "auth", "backend"]);
  });

  test("while the stack is held is proven, and what needs it follows when the hold is over", async () => {
    await b.call("hold", { forMs: 60_000 });
    b.engine.byHand.restart("redis");
    await b.clock.advance(30_000);
    expect(b.engine.calls).toEqual([]);
    expect(b.status("redis").state).toBe("ready");
    expect(b.status("auth")).toMatchObject({
      state: "degraded",
      cause: { text: "redis, which it needs, runs again" },
    });
    await b.clock.advance(40_000);
    expect(b.engine.calls).toEqual(restarted);
    expect(states(b)).toEqual(allReady);
  });
});

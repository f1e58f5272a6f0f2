import { afterEach, beforeEach, expect, test } from "vitest";
import type { ControlClient } from "../../../../lib/control/client.ts";
import type { CommandProgress } from "../../../../lib/model/control-answers.ts";
import { probeOn } from "../../../support/desired.ts";
import type { ServedCoordinator } from "../../../support/served-coordinator.ts";
import { answered, servedCoordinator } from "../../../support/served-coordinator.ts";

let served: ServedCoordinator;
let client: ControlClient;
beforeEach(async () => {
  served = await servedCoordinator();
  const { engine, apply, clock } = served.bench;
  for (const [name, startIndex, needs] of [
    ["auth", 1, { redis: "restart" }],
    ["redis", 0, {}],
  ] as const) {
    engine.add(name);
    apply(name, { probes: { answers: probeOn(startIndex) } }, { startIndex, needs });
  }
  await clock.advance(20_000);
  client = await served.client();
});
afterEach(async () => {
  client.close();
  await served.close();
});

test("a command's progress comes before its result", async () => {
  const progress: CommandProgress[] = [];
  const result = await answered(
    served,
    client.call("command", { action: "restart", services: ["redis"] }, (event) => progress.push(event)),
  );
  expect(progress.map(({ kind }) => kind).filter((kind) => kind !== "waiting")).toEqual([
    ...["begun", "done", "begun", "following", "done"],
  ]);
  expect(result).toMatchObject({
    steps: [
      { service: "redis", action: "restart", result: "ready", already: false },
      { service: "auth", action: "restart", because: "redis", result: "ready", already: false },
    ],
    impaired: [],
  });
});

test("when the client goes, the step that has begun goes on, and nothing else is begun", async () => {
  const { engine, clock } = served.bench;
  engine.calls.length = 0;
  engine.onStop = async (id) => {
    await clock.sleep(5000);
    engine.crash(id, 143);
  };
  const command = client.call("command", { action: "stop", services: [] });
  command.catch(() => undefined);
  await expect.poll(() => engine.calls).toEqual(["stop auth"]);
  client.close();
  await expect.poll(() => served.waiting()).toBe(0);
  await clock.advance(60_000);
  expect(engine.calls).toEqual(["stop auth"]);
  expect(served.bench.record("auth").state.name).toBe("stopped");
  expect(served.bench.record("redis").state.name).toBe("ready");
});

test("a hold stands in the status, with why, until it is released", async () => {
  const nowMs = served.bench.clock.now();
  const held = { sinceMs: nowMs, untilMs: nowMs + 60_000, why: "an upgrade" };
  expect(await client.call("hold", { forMs: 60_000, why: "an upgrade" })).toEqual(held);
  expect((await client.call("status", {})).held).toEqual(held);
  expect(await client.call("release", {})).toEqual({ held });
  expect((await client.call("status", {})).held).toBeUndefined();
  for (const params of [{ forMs: 999 }, { forMs: 25 * 3_600_000 }, { forMs: 60_000, why: "" }])
    await expect(client.call("hold", params)).rejects.toMatchObject({ code: "PHASEGATE_CONTROL_REFUSED" });
});

test("the status has the services in the order of the start, the open incidents, and its own time", async () => {
  const { engine, clock } = served.bench;
  engine.crash("redis", 137);
  await clock.advance(1);
  const status = await client.call("status", {});
  expect(status).toMatchObject({
    nowMs: clock.now(),
    services: [
      { service: "redis", state: "restarting", cause: { kind: "exited", text: "exited with code 137" } },
      { service: "auth", state: "degraded", cause: { kind: "dependency", service: "redis" } },
    ],
    incidents: [
      { id: 1, root: "redis", outcome: "open", services: { redis: "restarting", auth: "degraded" } },
    ],
  });
  await clock.advance(20_000);
  expect((await client.call("status", {})).incidents).toEqual([]);
});

test("incidents are answered for all, and for one service; of one that there never was with the names that there are", async () => {
  served.bench.engine.crash("auth");
  await served.bench.clock.advance(20_000);
  const idsOf = async (service?: string) =>
    (await client.call("incidents", { last: 5, ...(service && { service }) })).incidents.map(({ id }) => id);
  expect([await idsOf(), await idsOf("auth"), await idsOf("redis")]).toEqual([[1], [1], []]);
  await expect(idsOf("autth")).rejects.toMatchObject({
    code: "PHASEGATE_SERVICE_UNKNOWN",
    message: "the coordinator does not know autth (did you mean auth?). Its services are auth, redis.",
  });
  await expect(client.call("validate", { service: "autth" })).rejects.toMatchObject({
    code: "PHASEGATE_SERVICE_UNKNOWN",
  });
});

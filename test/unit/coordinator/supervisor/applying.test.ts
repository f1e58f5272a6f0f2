import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
  for (const name of ["db", "web", "old", "new"]) b.engine.add(name);
});
afterEach(() => b.close());

/** When the probe on a port was tried since an instant of the bench. */
const attemptsSince = (ms: number, port = 1) => (b.attempts[port] ?? []).filter((atMs) => atMs >= ms);

test("twice the same changes nothing, and the key order of the spec does not matter", async () => {
  b.scripts[1] = () => failed();
  const first = b.apply("web", { probes: { a: probeOn(1), b: probeOn(2) } });
  await b.clock.advance(250);
  const again = b.apply("web", { probes: { b: probeOn(2), a: probeOn(1) } });
  await b.clock.advance(40);
  expect(again).toEqual(first);
  expect(first.specHash).toMatch(/^[0-9a-f]{16}$/);
  expect(attemptsSince(250)).toEqual([]);
});

test("another container takes the place of the earlier one: its proof ends, and who waited for it gets an error", async () => {
  b.scripts[1] = () => failed();
  b.apply("web", {}, { container: "old" });
  const { verdict } = b.gate("web");
  await b.clock.advance(1000);
  b.scripts[1] = () => passed;
  b.apply("web", {}, { container: "new", generation: "second" });
  await b.clock.advance(5000);
  await expect(verdict).rejects.toMatchObject({
    code: "PHASEGATE_CONTROL_REFUSED",
    message: expect.stringContaining("web was replaced") as unknown,
  });
  expect(b.status("web")).toMatchObject({ container: "stack-new", state: "ready", generation: 2 });
  expect(attemptsSince(1000)).toEqual([1000]);
  b.changesSince();
  b.engine.crash("old");
  await b.clock.advance(60_000);
  expect(b.changesSince(), "nobody watches the old one").toEqual([]);
});

test("of a known service, what alters no probe is taken over at once, and nothing is proven or restarted for it", async () => {
  b.apply("db", { probes: {} });
  const before = b.apply("web", {}, { needs: { db: "restart" } });
  await b.clock.advance(1000);
  b.changesSince();
  const again = b.apply(
    "web",
    {},
    { needs: { db: "revalidate" }, startIndex: 7, supervision: { failureThreshold: 2 } },
  );
  expect(again).toEqual(before);
  await b.clock.advance(1000);
  expect(b.changesSince()).toEqual([]);
  expect(attemptsSince(1000)).toEqual([]);
  expect(b.record("web").desired).toMatchObject({ startIndex: 7, supervision: { failureThreshold: 2 } });
  const [, kept] = b.desired.load();
  expect(kept?.record, "on the disk").toMatchObject({ record: { desired: { startIndex: 7 } } });
});

test.each([
  ["restart", ["start db", "stop web", "start web"]],
  ["revalidate", ["start db"]],
  ["ignore", ["start db"]],
] as const)("a policy that becomes %s is what the next failure goes by", async (policy, calls) => {
  b.apply("db", { probes: { up: probeOn(2) } });
  b.apply("web", {}, { needs: { db: policy === "restart" ? "ignore" : "restart" } });
  await b.clock.advance(1000);
  b.apply("web", {}, { needs: { db: policy } });
  b.changesSince();
  b.engine.crash("db");
  await b.clock.advance(10_000);
  expect(b.engine.calls).toEqual(calls);
  const proven = b.changesSince().filter((line) => line.startsWith("web starting → ready"));
  expect(proven).toHaveLength(policy === "ignore" ? 0 : 1);
});

test("a need that a known service had not before makes it follow that service from then on, and not for what was", async () => {
  b.apply("db", { probes: { up: probeOn(2) } });
  b.apply("web");
  await b.clock.advance(1000);
  b.engine.byHand.restart("db");
  await b.clock.advance(1000);
  b.apply("web", {}, { needs: { db: "restart" } });
  await b.clock.advance(10_000);
  expect(b.engine.calls).toEqual([]);
  b.engine.crash("db");
  await b.clock.advance(10_000);
  expect(b.engine.calls).toEqual(["start db", "stop web", "start web"]);
});

describe("a higher verification of the same generation", () => {
  test("proves it again as it runs: its probes are asked, and nothing is restarted", async () => {
    b.apply("web");
    await b.clock.advance(3000);
    b.apply("web", {}, { verification: 2, again: true });
    const { verdict } = b.gate("web");
    await b.clock.advance(0);
    expect(await verdict).toMatchObject({ opened: true, services: [{ provenAgain: true }] });
    expect(attemptsSince(3000)).toEqual([3000]);
    expect(b.engine.calls).toEqual([]);
  });

  test("closes the gate when a probe fails that had passed", async () => {
    b.apply("web");
    const first = b.gate("web");
    await b.clock.advance(3000);
    expect(await first.verdict).toMatchObject({ opened: true });
    b.scripts[1] = () => failed("0 of 10 rows", "rows");
    b.apply("web", {}, { verification: 2, again: true });
    const second = b.gate("web");
    await b.clock.advance(60_000);
    expect(await second.verdict).toMatchObject({
      opened: false,
      failures: [{ service: "web", reason: "deadline", usedMs: 60_000 }],
    });
    expect(b.engine.calls).toEqual([]);
  });
});

describe("forget", () => {
  test("forgets services of whatever phase, on the disk too, and says which it had known", async () => {
    b.apply("web");
    b.apply("old", {}, { phase: "cellar", needs: { web: "restart" } });
    await b.clock.advance(1000);
    expect(await b.call("forget", { services: ["old", "never-known"] })).toEqual({ services: ["old"] });
    expect(b.services()).toEqual(["web"]);
    await expect(b.call("validate", { service: "old" })).rejects.toMatchObject({
      code: "PHASEGATE_SERVICE_UNKNOWN",
    });
    expect(b.desired.load().map(({ service }) => service)).toEqual(["web"]);
    b.killCoordinator();
    await b.clock.advance(1000);
    expect(b.services()).toEqual(["web"]);
  });

  test("lets what it impaired be ready again, and no failure reaches it any more", async () => {
    b.apply("db", { probes: { up: probeOn(2) } });
    b.apply("old", { probes: { up: probeOn(3) } }, { phase: "cellar", needs: { db: "restart" } });
    b.apply("web", {}, { needs: { db: "restart", old: "restart" }, startIndex: 2 });
    await b.clock.advance(1000);
    b.engine.remove("old");
    await b.clock.advance(1000);
    expect(b.status("web")).toMatchObject({
      state: "degraded",
      cause: { text: "old, which it depends on, is stopped" },
    });
    await b.call("forget", { services: ["old"] });
    await b.clock.advance(1000);
    expect(b.status("web").state).toBe("ready");
    const response = b.call("handleFailure", { service: "db", failure: "exited" });
    await b.clock.advance(10_000);
    expect(await response).toMatchObject({
      recovered: true,
      steps: [{ service: "db" }, { service: "web" }],
    });
    const { services } = await b.call("status", {});
    expect(services.map(({ service, state }) => `${service} ${state}`)).toEqual(["db ready", "web ready"]);
  });

  test("ends what is under way for the service, and who waits for its gate gets an error", async () => {
    b.scripts[1] = () => failed();
    b.apply("old");
    const { verdict } = b.gate("old");
    await b.clock.advance(1000);
    await b.call("forget", { services: ["old"] });
    const made = b.attempts[1]?.length;
    b.engine.crash("old");
    await b.clock.advance(60_000);
    await expect(verdict).rejects.toMatchObject({ code: "PHASEGATE_CONTROL_REFUSED" });
    expect(b.attempts[1]).toHaveLength(made ?? NaN);
    expect(b.engine.calls).toEqual([]);
  });
});

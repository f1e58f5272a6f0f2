import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed, unknown } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
  for (const name of ["web", "data"]) b.engine.add(name);
});
afterEach(() => b.close());

const since = (port: number, ms: number) => (b.attempts[port] ?? []).filter((atMs) => atMs >= ms);

describe("a service that was ready long before the slowest one", () => {
  test("is asked in one round, by whose beginning the gate judges, however long the answers take", async () => {
    const answersSlowly = async () => (await b.clock.sleep(3000), passed);
    b.scripts[1] = answersSlowly;
    b.scripts[2] = () => (b.clock.now() < 1_025_000 ? failed() : answersSlowly());
    b.apply("web", {}, { supervision: { interval: "1h" } });
    b.apply("data", { probes: { first: probeOn(2) } }, { supervision: { interval: "1h" } });
    const { verdict, progress } = b.gate("web", "data");
    // The probe of the second that begins at 25.5 s passes at 28.5 s: then the first is asked once more.
    await b.clock.advance(28_500);
    expect(progress.at(-1)).toBe("1/2 ready · web confirming");
    await b.clock.advance(3000);
    expect(await verdict).toMatchObject({ opened: true });
    expect(since(1, 28_500)).toEqual([28_500]);
    expect(since(2, 25_500)).toEqual([25_500]);
  });

  test("is not waited for in a round of others where its probes passed just before it", async () => {
    b.engine.add("cache");
    b.scripts[2] = () => (b.clock.now() < 1_016_000 ? failed() : passed);
    // Monitored from its readiness on: half an interval later for the first time, at 15 s.
    b.apply("web", {}, { supervision: { interval: "30s" } });
    b.apply("cache", { probes: { first: probeOn(3) } }, { supervision: { interval: "1h" } });
    b.apply("data", { probes: { first: probeOn(2) } }, { supervision: { interval: "1h" } });
    const { verdict } = b.gate("web", "cache", "data");
    let opened = false;
    void verdict.then((answer) => ({ opened } = answer));
    await b.clock.advance(17_000);
    expect(opened).toBe(true);
    expect(since(1, 1)).toEqual([15_000]);
    expect(since(3, 1).length).toBe(1);
  });

  test("that cannot be asked then keeps the gate closed until it has passed", async () => {
    b.scripts[1] = (n) => (n === 1 || b.clock.now() >= 1_050_000 ? passed : unknown);
    b.scripts[2] = () => (b.clock.now() < 1_030_000 ? failed() : passed);
    b.apply("web");
    b.apply("data", { probes: { first: probeOn(2) } });
    const { verdict, progress } = b.gate("web", "data");
    let opened = false;
    void verdict.then(() => (opened = true));
    await b.clock.advance(49_900);
    expect(b.status("data").state).toBe("ready");
    expect(opened).toBe(false);
    expect(progress.at(-1)).toBe("1/2 ready · web confirming");
    await b.clock.advance(2000);
    expect(await verdict).toMatchObject({ opened: true });
  });

  test("that can never be asked again ends the gate at its bound, which says so", async () => {
    b.scripts[1] = (n) => (n === 1 ? passed : unknown);
    b.scripts[2] = () => (b.clock.now() < 1_030_000 ? failed() : passed);
    b.apply("web");
    b.apply("data", { probes: { first: probeOn(2) } });
    const { verdict } = b.gate("web", "data");
    await b.clock.advance(bound);
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [{ service: "web" }],
      message: expect.stringMatching(
        /^The gate of infrastructure did not open: web is not ready after .*: it was ready, and was not confirmed: first: the prober could not run\n/,
      ) as string,
    });
  });
});

/** The budget, the grace, the 30 s of the engine and the margin. */
const bound = 60_000 + 10_000 + 30_000 + 30_000;

describe("a gate ends, and says what hung, where the engine never answers", () => {
  test("about a container", async () => {
    b.engine.hangs = (call) => call === "inspect web";
    b.apply("web");
    b.apply("data", { probes: { first: probeOn(2) } });
    const { verdict } = b.gate("web", "data");
    await b.clock.advance(bound);
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [{ service: "web", reason: "deadline" }],
      services: [{ state: "failed" }, { service: "data", state: "ready" }],
      message: expect.stringMatching(
        /^The gate of infrastructure did not open: web is not ready after .* of 60s: the container engine has not said whether it runs\n/,
      ) as string,
    });
  });

  test("to the order to start it", async () => {
    b.engine.hangs = (call) => call === "start web";
    b.apply("web");
    await b.clock.advance(0);
    b.scripts[1] = () => failed();
    b.apply("web", {}, { verification: 2 });
    await b.clock.advance(0);
    b.engine.crash("web");
    const { verdict } = b.gate("web");
    await b.clock.advance(bound);
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [{ service: "web" }],
      message: expect.stringMatching(
        /^The gate of infrastructure did not open: web is not ready after .* of 60s: the container engine (has not answered the order to start it|did not start it in time)\n/,
      ) as string,
    });
  });

  test("to the order to end the run that is to be restarted, and the coordinator goes on trying", async () => {
    b.apply("data", { probes: { first: probeOn(2) } });
    b.apply("web", {}, { needs: { data: "restart" } });
    await b.clock.advance(1000);
    b.engine.hangs = (call) => call === "stop web";
    b.engine.byHand.restart("data");
    await b.clock.advance(100);
    const { verdict } = b.gate("web");
    await b.clock.advance(2 * bound);
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [{ service: "web", reason: "deadline" }],
    });
    const given = b.engine.calls.filter((call) => call === "stop web").length;
    expect(given).toBeGreaterThan(2);
    b.engine.hangs = () => false;
    await b.clock.advance(60_000);
    expect(b.status("web")).toMatchObject({ state: "ready", generation: 2 });
  });

  test("at all, and no gate hangs when everything hangs", async () => {
    b.engine.hangs = () => true;
    b.apply("web");
    const { verdict } = b.gate("web");
    await b.clock.advance(bound);
    expect(await verdict).toMatchObject({ opened: false });
  });
});

test("a gate of services that follow one another has time for all of them", async () => {
  b.apply("data", { probes: { first: probeOn(2) } });
  b.apply("web", {}, { needs: { data: "restart" } });
  await b.clock.advance(1000);
  b.scripts[1] = b.scripts[2] = (_n, signal) => slow(signal);
  const slow = async (signal: AbortSignal) => (await b.clock.sleep(55_000, signal), passed);
  const end = b.deploy();
  b.apply("data", { probes: { first: probeOn(2) } }, { verification: 2 });
  b.engine.add("data-2");
  b.apply("data", { probes: { first: probeOn(2) } }, { container: "data-2", generation: "second" });
  b.apply("web", {}, { needs: { data: "restart" }, generation: "second", restartFor: ["data"] });
  const { verdict } = b.gate("data", "web");
  await b.clock.advance(180_000);
  expect(await verdict).toMatchObject({ opened: true });
  end();
});

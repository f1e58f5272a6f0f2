import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
});
afterEach(() => b.close());

describe("a gate", () => {
  test("of a service that is not known, or otherwise, is refused", async () => {
    const services = { web: { generation: "first", verification: 1, specHash: "0123" } };
    await expect(b.call("awaitGate", { phase: "infrastructure", services })).rejects.toMatchObject({
      code: "PHASEGATE_SERVICE_UNKNOWN",
      message: 'the coordinator does not know web. Run "pulumi up --stack dev" first.',
    });
    b.engine.add("web");
    const wanted = b.apply("web", {}, { verification: 2 });
    for (const other of [
      { ...wanted, specHash: "0123" },
      { ...wanted, generation: "second" },
      { ...wanted, verification: 3 },
    ])
      await expect(
        b.call("awaitGate", { phase: "infrastructure", services: { web: other } }),
      ).rejects.toMatchObject({
        code: "PHASEGATE_SERVICE_UNKNOWN",
        message:
          'the coordinator knows another generation or readiness spec of web. Run "pulumi up --stack dev" again.',
      });
    const lower = b.call("awaitGate", {
      phase: "infrastructure",
      services: { web: { ...wanted, verification: 1 } },
    });
    await b.clock.advance(0);
    expect(await lower).toMatchObject({ opened: true });
  });

  test("reports what it waits for, not more often than five times a second, and opens when all are ready", async () => {
    b.engine.add("web");
    b.engine.add("data");
    b.scripts[2] = (n) => (n > 4 ? passed : failed());
    b.apply("web");
    b.apply("data", { probes: { answers: probeOn(2) } });
    const { verdict, progress } = b.gate("web", "data");
    await b.clock.advance(2000);
    expect(await verdict).toMatchObject({
      opened: true,
      services: [{ service: "web" }, { service: "data", readyMs: 1_001_500 }],
    });
    expect(progress).toEqual([
      "0/2 ready · web not started yet · data not started yet",
      "1/2 ready · data 0 of 1, 0s of 60s: answers: connection refused (2 attempts)",
      "1/2 ready · data 0 of 1, 0s of 60s: answers: connection refused (3 attempts)",
      "1/2 ready · data 0 of 1, 0s of 60s: answers: connection refused (4 attempts)",
    ]);
  });

  test("of a service that has failed reports first what it needs and cannot become ready", async () => {
    for (const name of ["migrate", "data", "slow"]) b.engine.add(name);
    const refusal = {
      code: "authentication",
      text: "data does not accept the password",
      permanent: true,
    } as const;
    b.scripts[2] = () => ({ status: "failed", tookMs: 1, cause: refusal });
    b.scripts[3] = () => failed();
    b.apply(
      "migrate",
      { restarts: { maxRetries: 0, backoff: { initial: "1s", multiplier: 2, max: "30s" } } },
      { startIndex: 2 },
    );
    b.apply("data", { probes: { answers: probeOn(2) } }, { startIndex: 0 });
    b.apply("slow", { probes: { answers: probeOn(3) } }, { startIndex: 1 });
    b.scripts[1] = () => failed();
    const { verdict } = b.gate("migrate", "data", "slow");
    await b.clock.advance(2000);
    b.engine.happen("migrate", "die", { running: false, exitCode: 1 });
    await b.clock.advance(1100);
    const answer = await verdict;
    expect(answer).toMatchObject({
      opened: false,
      failures: [
        { service: "data", reason: "permanent", status: { state: "failed" } },
        { service: "migrate", reason: "exited" },
      ],
      services: [{ state: "failed" }, { state: "failed" }, { service: "slow", state: "starting" }],
    });
    expect(!answer.opened && answer.message.split("\n")[0]).toBe(
      "The gate of infrastructure did not open: data cannot become ready, given up after 3.0s of 60s: answers: data does not accept the password (and migrate)",
    );

    // The same command goes on: what was given up is verified again.
    b.scripts[1] = b.scripts[2] = b.scripts[3] = () => passed;
    const again = b.gate("migrate", "data", "slow");
    await b.clock.advance(2000);
    expect(await again.verdict).toMatchObject({ opened: true });
  });

  test("goes on waiting for what cannot become ready while nothing has failed", async () => {
    b.engine.add("data");
    const refusal = {
      code: "authentication",
      text: "data does not accept the password",
      permanent: true,
    } as const;
    b.scripts[1] = (n) => (n > 20 ? passed : { status: "failed", tookMs: 1, cause: refusal });
    b.apply("data");
    const { verdict } = b.gate("data");
    await b.clock.advance(30_000);
    expect(await verdict).toMatchObject({ opened: true });
  });

  test("twice at the same time is one verification with two verdicts", async () => {
    b.engine.add("web");
    b.scripts[1] = (n) => (n > 3 ? passed : failed());
    b.apply("web");
    const one = b.gate("web");
    const two = b.gate("web");
    await b.clock.advance(1000);
    expect(await one.verdict).toEqual(await two.verdict);
    expect(b.attempts[1]).toEqual([0, 100, 300, 700]);
  });

  test("whose client goes away stops waiting, and the service goes on being proven", async () => {
    b.engine.add("web");
    b.scripts[1] = (n) => (n > 4 ? passed : failed());
    b.apply("web");
    const { verdict, leave, progress } = b.gate("web");
    await b.clock.advance(500);
    leave();
    const reported = progress.length;
    await b.clock.advance(5000);
    await expect(verdict).rejects.toMatchObject({ message: "the client has gone" });
    expect(progress).toHaveLength(reported);
    expect(b.status("web").state).toBe("ready");
  });

  test("after a client that went away tries again what failed without it", async () => {
    b.engine.add("web", { startedMs: b.clock.now() - 59_000 });
    b.scripts[1] = () => failed();
    b.apply("web");
    const { leave } = b.gate("web");
    await b.clock.advance(500);
    leave();
    await b.clock.advance(1000);
    expect(b.status("web").state).toBe("failed");
    b.scripts[1] = () => passed;
    const { verdict } = b.gate("web");
    await b.clock.advance(0);
    expect(await verdict).toMatchObject({ opened: true });
  });

  test("of what fails together is reported together", async () => {
    b.engine.add("web", { startedMs: b.clock.now() - 500 });
    b.engine.add("data");
    b.scripts[1] = () => failed();
    b.apply("web");
    b.apply("data");
    const { verdict } = b.gate("web", "data");
    await b.clock.advance(60_000);
    expect(await verdict).toMatchObject({ failures: [{ service: "web" }, { service: "data" }] });
  });

  test("does not wait for the others once one has failed", async () => {
    b.engine.add("web", { startedMs: b.clock.now() - 30_000 });
    b.engine.add("data");
    b.scripts[1] = () => failed();
    b.apply("web");
    b.apply("data");
    const { verdict } = b.gate("web", "data");
    await b.clock.advance(31_000);
    const result = await verdict;
    expect(result).toMatchObject({
      opened: false,
      failures: [{ service: "web" }],
      services: [{ state: "failed" }, { state: "starting" }],
    });
    expect(!result.opened && result.message).toContain("Of the same phase, data is starting.");
  });

  test("that closes because of one service leaves what happens to another later to be answered to who asks next", async () => {
    b.engine.add("web", { startedMs: b.clock.now() - 30_000 });
    b.engine.add("data");
    b.scripts[1] = () => failed();
    b.apply("web");
    b.apply("data");
    const first = b.gate("web", "data");
    await b.clock.advance(61_000);
    expect(await first.verdict).toMatchObject({ failures: [{ service: "web" }] });
    expect(b.status("data").state).toBe("failed");
    const second = b.gate("data");
    await b.clock.advance(0);
    expect(await second.verdict).toMatchObject({ failures: [{ service: "data", reason: "deadline" }] });
  });

  test("of a service whose failure no client has received is answered with that failure; the next one tries again and starts it", async () => {
    b.engine.add("web", { running: false, exitCode: 1 });
    b.engine.onStart = () => {};
    b.apply("web");
    await b.clock.advance(10_000);
    expect(b.status("web")).toMatchObject({ state: "failed", restarts: 2 });

    const first = b.gate("web");
    await b.clock.advance(0);
    expect(await first.verdict).toMatchObject({ opened: false, failures: [{ reason: "exited" }] });

    b.engine.onStart = (id) => b.engine.happen(id, "start", { running: true, startedMs: b.clock.now() });
    const second = b.gate("web");
    await b.clock.advance(0);
    expect(await second.verdict).toMatchObject({ opened: true, services: [{ restarts: 0 }] });
    expect(b.engine.calls).toEqual(["start web", "start web", "start web"]);
  });

  test("asks a service again that was ready long before the slowest one, and does not open while it fails", async () => {
    b.engine.add("web");
    b.engine.add("data");
    b.scripts[1] = (n) => (n === 1 || n > 3 ? passed : failed());
    b.scripts[2] = (n) => (n > 8 ? passed : failed());
    b.apply("web");
    b.apply("data", { probes: { answers: probeOn(2) } });
    const { verdict, progress } = b.gate("web", "data");
    await b.clock.advance(7000);
    expect(progress.at(-1)).toBe("1/2 ready · web confirming: first: connection refused (3 attempts)");
    await b.clock.advance(1000);
    expect(await verdict).toMatchObject({ opened: true });
    // Once ready, one failure is not decided yet: it is asked every second.
    expect(b.attempts[1]).toEqual([0, 5500, 6500, 7500]);
    expect(b.engine.calls).toEqual([]);
  });

  test("restarts a service that was ready and does not pass any more, and ends at its own bound when that does not help", async () => {
    b.engine.add("web");
    b.engine.add("data");
    b.scripts[1] = (n) => (n === 1 ? passed : failed());
    b.scripts[2] = (n) => (n > 8 ? passed : failed());
    b.apply("web");
    b.apply("data", { probes: { answers: probeOn(2) } });
    const { verdict } = b.gate("web", "data");
    // The budget, the grace, the engine's 30 s and the margin.
    await b.clock.advance(130_000);
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [{ service: "web", reason: "deadline" }],
      services: [{ state: "failed" }, { state: "ready" }],
    });
    expect(b.engine.calls.filter((call) => call === "start web").length).toBeGreaterThan(0);
  });

  test("proven again for another service's sake asks all of the phase, and not only for their containers", async () => {
    b.engine.add("web");
    b.engine.add("data");
    b.apply("web");
    b.apply("data", { probes: { answers: probeOn(2) } });
    const first = b.gate("web", "data");
    await b.clock.advance(1000);
    await first.verdict;
    await b.clock.advance(3_600_000);
    const before = b.attempts[1]?.length ?? 0;
    b.scripts[1] = (n) => (n > before + 1 ? passed : failed());
    b.engine.add("data2");
    b.apply("data", { probes: { answers: probeOn(2) } }, { container: "data2" });
    const second = b.gate("web", "data");
    await b.clock.advance(2000);
    expect(await second.verdict).toMatchObject({ opened: true });
    expect(b.attempts[1]?.slice(before)).toEqual([3_601_000, 3_602_000]);
  });

  test("of a service that failed in its last restart begins a whole budget, not what is left of that run's", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    const first = b.gate("web");
    await b.clock.advance(50_000);
    b.engine.happen("web", "die", { running: false, exitCode: 1 });
    await b.clock.advance(20_000);
    expect(await first.verdict).toMatchObject({ opened: false, failures: [{ usedMs: 60_000 }] });
    const second = b.gate("web");
    await b.clock.advance(59_999);
    expect(b.status("web").state).toBe("starting");
    await b.clock.advance(1);
    expect(await second.verdict).toMatchObject({ opened: false, failures: [{ usedMs: 60_000 }] });
    expect(b.engine.calls).toEqual(["start web"]);
  });

  test("of a service that failed long ago tries again at once, with a whole budget", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    await b.clock.advance(60_000 + 61_000);
    expect(b.status("web").state).toBe("failed");
    const { verdict } = b.gate("web");
    await b.clock.advance(59_999);
    expect(b.status("web").state).toBe("starting");
    b.scripts[1] = () => passed;
    await b.clock.advance(1);
    expect(b.engine.calls).toEqual([]);
    await b.clock.advance(1000);
    expect(await verdict).toMatchObject({ opened: false, failures: [{ usedMs: 60_000 }] });
  });

  test("after the secrets have changed does not answer with a failure from before", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed("password authentication failed", "authentication", true);
    b.apply("web", {}, { secrets: { password: "old-one" } });
    await b.clock.advance(60_000);
    expect(b.status("web").state).toBe("failed");
    b.scripts[1] = () => passed;
    b.apply("web", {}, { secrets: { password: "new-one" } });
    const { verdict } = b.gate("web");
    await b.clock.advance(0);
    expect(await verdict).toMatchObject({ opened: true });
  });

  test("of a service that ended since it was ready waits until the coordinator has started it again", async () => {
    b.engine.add("web");
    b.apply("web");
    await b.clock.advance(1000);
    b.engine.crash("web", 137);
    await b.clock.advance(0);
    expect(b.status("web").state).toBe("restarting");
    const { verdict } = b.gate("web");
    await b.clock.advance(1000);
    expect(await verdict).toMatchObject({ opened: true });
    expect(b.engine.calls).toEqual(["start web"]);
  });

  test("of a service that somebody has stopped starts it", async () => {
    b.engine.add("web");
    b.apply("web");
    await b.clock.advance(1000);
    b.engine.byHand.stop("web");
    await b.clock.advance(5000);
    expect(b.status("web").state).toBe("stopped");
    const { verdict } = b.gate("web");
    await b.clock.advance(0);
    expect(await verdict).toMatchObject({ opened: true });
    expect(b.engine.calls).toEqual(["start web"]);
  });
});

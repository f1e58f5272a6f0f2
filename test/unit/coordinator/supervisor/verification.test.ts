import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { settle } from "../../../support/fake-clock.ts";
import { failed, passed, unknown } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
});
afterEach(() => b.close());

test("a container that was there before is proven within a whole budget, and its time says nothing of its start", async () => {
  b.engine.add("web", { startedMs: b.clock.now() - 50_000 });
  b.scripts[1] = () => (b.clock.now() >= 1_020_000 ? passed : failed());
  b.apply("web", { budget: "60s" }, { again: true });
  await b.clock.advance(21_000);
  expect(b.status("web")).toMatchObject({ state: "ready", provenAgain: true });
  expect(b.status("web").readyAfterMs).toBeLessThan(21_000);
});

describe("attempts", () => {
  test("the first is made at once, and the waits after failures grow to the cadence's maximum", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    await b.clock.advance(5600);
    expect(b.attempts[1]).toEqual([0, 100, 300, 700, 1500, 2500, 3500, 4500, 5500]);
  });

  test("a service is ready when every probe passes, and then each runs at the interval", async () => {
    b.engine.add("web");
    b.apply("web", { probes: { first: probeOn(1), second: probeOn(2) } });
    await b.clock.advance(40_000);
    expect(b.status("web").state).toBe("ready");
    // The first wait is a share of the interval by chance, here half of it; the others lack half of the jitter.
    const at = [0, 7500, 21_750, 36_000];
    expect(b.attempts).toEqual({ 1: at, 2: at });
  });

  test("only the probes that the level enables run", async () => {
    b.engine.add("web");
    b.apply("web", {
      level: "basic",
      probes: { first: probeOn(1), deeper: probeOn(2, { level: "comprehensive" }) },
    });
    await b.clock.advance(1000);
    expect(b.status("web").probes.map(({ name }) => name)).toEqual(["first"]);
    expect(b.attempts[2]).toBeUndefined();
  });

  test("at the level production, a probe that writes is left out", async () => {
    b.engine.add("web");
    b.apply("web", {
      level: "production",
      probes: { first: probeOn(1), writes: probeOn(2, { mutates: true }) },
    });
    await b.clock.advance(1000);
    expect(b.status("web").state).toBe("ready");
    expect(b.attempts[2]).toBeUndefined();
  });

  test("a probe must pass as many times in a row as the threshold says", async () => {
    b.engine.add("web");
    b.scripts[1] = (n) => (n === 3 ? failed() : passed);
    b.apply("web", { successThreshold: 3 });
    await b.clock.advance(700 + 800 + 1000);
    // pass, pass, failure, pass, pass: not three in a row yet.
    expect(b.attempts[1]).toEqual([0, 100, 300, 700, 1500, 2500]);
    expect(b.status("web").state).toBe("ready");
  });

  test("a probe that passes counts as failing after as many failures in a row as the threshold says", async () => {
    b.engine.add("web");
    // The second probe keeps the service from being ready; the first fails at its second and third attempt.
    b.scripts[1] = (n) => (n === 2 || n === 3 ? failed() : passed);
    b.scripts[2] = () => failed();
    const passing = () => b.status("web").probes[0]?.passing;
    b.apply("web", { failureThreshold: 2, probes: { first: probeOn(1), second: probeOn(2) } });
    await b.clock.advance(1000);
    expect(b.attempts[1]).toHaveLength(2);
    expect(passing(), "after one failure").toBe(true);
    await b.clock.advance(1000);
    expect(b.attempts[1]).toHaveLength(3);
    expect(passing(), "after two failures").toBe(false);
  });

  test("with failFast, a cause that waiting will not heal ends the verification at once", async () => {
    b.engine.add("web");
    b.engine.add("api");
    const hopeless = () => failed("password refused", "authentication", true);
    b.scripts[1] = hopeless;
    b.scripts[2] = hopeless;
    b.apply("web", { failFast: true });
    b.apply("api", { failFast: false, probes: { first: probeOn(2) } });
    await b.clock.advance(100);
    expect(b.status("web").state).toBe("failed");
    expect(b.status("api").state).toBe("starting");
    const { verdict } = b.gate("web");
    await b.clock.advance(2000);
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [{ service: "web", reason: "permanent" }],
      message: expect.stringContaining(
        "web cannot become ready, given up after 0ms of 60s: first: password refused",
      ) as string,
    });
  });

  test("an unknown outcome neither counts nor ends a streak", async () => {
    b.engine.add("web");
    b.scripts[1] = (n) => (n === 2 ? unknown : passed);
    b.apply("web", { successThreshold: 2 });
    await b.clock.advance(100);
    expect(b.status("web").state).toBe("starting");
    await b.clock.advance(200);
    expect(b.status("web").state).toBe("ready");
    expect(b.status("web").probes[0]).toMatchObject({ attempts: 3, passing: true });
  });

  test("a probe that passed runs on while another does not, and ready is of one moment", async () => {
    b.engine.add("web");
    // The first passes, then fails while the second becomes well, then passes again.
    b.scripts[1] = (n) => (n >= 3 && n <= 5 ? failed() : passed);
    b.scripts[2] = () => (b.clock.now() >= 1_002_400 ? passed : failed());
    b.apply("web", { probes: { first: probeOn(1), second: probeOn(2) } });
    await b.clock.advance(2450);
    expect(b.status("web").probes.map(({ passing }) => passing)).toEqual([false, true]);
    expect(b.status("web").state).toBe("starting");
    await b.clock.advance(3000);
    expect(b.status("web").state).toBe("ready");
    expect(b.attempts[1]?.slice(0, 3)).toEqual([0, 1000, 2000]);
  });

  test("when one probe passes for the first time, the others run at once", async () => {
    b.engine.add("web");
    let up = false;
    b.scripts[1] = () => (up ? passed : failed());
    b.scripts[2] = (n) =>
      up ? passed : n === 1 ? new Promise((resolve) => setImmediate(() => resolve(failed()))) : failed();
    b.apply("web", { probes: { first: probeOn(1), second: probeOn(2) } });
    await b.clock.advance(2600);
    up = true;
    await b.clock.advance(900);
    expect(b.status("web").state).toBe("ready");
    expect(b.attempts[1]?.at(-1)).toBe(b.attempts[2]?.at(-1));
  });

  test("an attempt that hangs is called off when its container ends", async () => {
    b.engine.add("web");
    let calledOff = false;
    b.scripts[1] = (_n, signal) =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => {
          calledOff = true;
          resolve(unknown);
        }),
      );
    b.apply("web");
    await b.clock.advance(10);
    b.engine.happen("web", "die", { running: false, exitCode: 1 });
    await b.clock.advance(10);
    expect(calledOff).toBe(true);
    expect(b.status("web").state).toBe("restarting");
  });
});

describe("the deadline", () => {
  test("is the container's start plus the budget", async () => {
    b.engine.add("web", { startedMs: b.clock.now() - 50_000 });
    b.scripts[1] = () => failed();
    b.apply("web");
    const { verdict } = b.gate("web");
    await b.clock.advance(9_999);
    expect(b.status("web").state).toBe("starting");
    await b.clock.advance(1);
    expect(b.status("web").state).toBe("failed");
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [{ reason: "deadline", usedMs: 60_000 }],
    });
  });

  test("counts from now for a container that is older than the budget", async () => {
    b.engine.add("web", { startedMs: b.clock.now() - 3_600_000 });
    b.scripts[1] = () => failed();
    b.apply("web");
    await b.clock.advance(59_999);
    expect(b.status("web").state).toBe("starting");
    await b.clock.advance(1);
    expect(b.status("web").state).toBe("failed");
  });

  test("is not moved by a restart", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    await b.clock.advance(30_000);
    b.engine.happen("web", "die", { running: false, exitCode: 1 });
    await b.clock.advance(29_999);
    expect(b.status("web")).toMatchObject({ state: "starting", restarts: 1 });
    await b.clock.advance(1);
    expect(b.status("web").state).toBe("failed");
  });

  test("comes for a container that nobody starts", async () => {
    b.engine.add("web", { running: false, startedMs: undefined });
    b.apply("web");
    const { verdict, progress } = b.gate("web");
    await b.clock.advance(60_000);
    expect(progress).toEqual(["0/1 ready · web not started yet"]);
    expect(await verdict).toMatchObject({ opened: false, failures: [{ reason: "deadline" }] });
    expect(b.attempts[1]).toBeUndefined();
  });
});

describe("a container that ends", () => {
  const dies = (exitCode = 1) => b.engine.happen("web", "die", { running: false, exitCode });

  test("is started again after waits that grow, and fails when the restarts are used up", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.engine.onStart = (id) =>
      b.engine.happen(id, "start", { startedMs: b.clock.now(), running: false, exitCode: 3 });
    b.engine.lines = ["first", "last"];
    b.apply("web");
    const { verdict } = b.gate("web");
    await b.clock.advance(0);
    dies(3);
    await b.clock.advance(999);
    expect(b.engine.calls).toEqual([]);
    await b.clock.advance(1);
    expect(b.engine.calls).toEqual(["start web"]);
    await b.clock.advance(1999);
    expect(b.engine.calls).toEqual(["start web"]);
    await b.clock.advance(1);
    expect(b.engine.calls).toEqual(["start web", "start web"]);
    expect(b.status("web")).toMatchObject({ state: "failed", restarts: 2 });
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [
        {
          reason: "exited",
          usedMs: 3000,
          exit: { code: 3 },
          logs: ["first", "last"],
          status: { restarts: 2, state: "failed" },
        },
      ],
    });
  });

  test("resets its probes", async () => {
    b.engine.add("web");
    b.scripts[2] = () => failed();
    b.apply("web", { probes: { first: probeOn(1), second: probeOn(2) } });
    await b.clock.advance(500);
    expect(b.status("web").probes[0]).toMatchObject({ passing: true, firstPassMs: 1_000_000 });
    dies();
    await b.clock.advance(1000);
    expect(b.status("web").probes[0]).toMatchObject({ passing: true, firstPassMs: 1_001_500, attempts: 1 });
  });

  test("is not started again when that would be past the deadline", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    await b.clock.advance(59_500);
    dies();
    await b.clock.advance(0);
    expect(b.record("web").state).toMatchObject({ name: "failed", reason: "exited", usedMs: 59_500 });
    expect(b.engine.calls).toEqual([]);
  });

  test("and is started by somebody else meanwhile is not started twice", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    await b.clock.advance(0);
    dies();
    await b.clock.advance(500);
    b.engine.happen("web", "start", { running: true, startedMs: b.clock.now() });
    await b.clock.advance(5000);
    expect(b.engine.calls).toEqual([]);
    // The end was one that the failure policy answers, by whomever it is started then.
    expect(b.status("web")).toMatchObject({ state: "starting", restarts: 1 });
  });

  test("and was restarted so quickly that only its start differs has its probes reset", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    await b.clock.advance(2000);
    const before = b.status("web").probes[0]?.attempts ?? 0;
    b.engine.happen("web", "start", { startedMs: b.clock.now() });
    await b.clock.advance(0);
    expect(before).toBeGreaterThan(3);
    expect(b.status("web").probes[0]?.attempts).toBe(1);
  });

  test("and is gone fails at once", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    const { verdict } = b.gate("web");
    await b.clock.advance(500);
    b.engine.remove("web");
    await b.clock.advance(0);
    expect(await verdict).toMatchObject({ opened: false, failures: [{ reason: "gone", exit: undefined }] });
  });

  test("and cannot be started says why", async () => {
    b.engine.add("web");
    b.engine.onStart = () => {
      throw new Error("Bind for 127.0.0.1:5432 failed: port is already allocated");
    };
    b.scripts[1] = () => failed();
    b.apply("web", { restarts: { maxRetries: 1, backoff: { initial: "1s", multiplier: 2, max: "30s" } } });
    const { verdict } = b.gate("web");
    await b.clock.advance(0);
    dies();
    await b.clock.advance(3000);
    expect(await verdict).toMatchObject({
      failures: [
        {
          reason: "exited",
          exit: { startError: "Bind for 127.0.0.1:5432 failed: port is already allocated" },
          status: { restarts: 1 },
        },
      ],
    });
  });

  test("when it had been ready already, while its gate waits for others, is a matter of the failure policy", async () => {
    b.engine.add("web");
    b.engine.add("other");
    b.scripts[2] = () => failed();
    b.apply("web");
    b.apply("other", { probes: { second: probeOn(2) } });
    b.gate("web", "other");
    await b.clock.advance(500);
    expect(b.status("web").state).toBe("ready");
    dies();
    await b.clock.advance(0);
    expect(b.status("web").state).toBe("restarting");
    await b.clock.advance(1000);
    expect(b.status("web")).toMatchObject({ state: "ready", restarts: 1 });
  });
});

const once = { maxRetries: 1, backoff: { initial: "1s", multiplier: 2, max: "30s" } } as const;

test.for([126, 127])(
  "a container that ends with %i is not started again: its command will not be there then either",
  async (exitCode) => {
    b.engine.add("web", { running: false, exitCode });
    b.apply("web");
    const { verdict } = b.gate("web");
    await b.clock.advance(2000);
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [{ reason: "exited", exit: { code: exitCode }, status: { restarts: 0 } }],
    });
    expect(b.engine.calls).toEqual([]);
  },
);

describe("a job", () => {
  const job = {
    job: true,
    probes: { completed: { kind: "completed", exitCode: 0, timeout: "5s", level: "basic", mutates: false } },
  } as const;

  test("is ready when it has ended well, and is probed at once when it ends", async () => {
    b.engine.add("migrate");
    let running = true;
    b.scripts[0] = () => (running ? failed("migrate is still running", "running") : passed);
    b.apply("migrate", job);
    const { verdict, progress } = b.gate("migrate");
    await b.clock.advance(3000);
    running = false;
    b.engine.happen("migrate", "die", { running: false, exitCode: 0 });
    await b.clock.advance(0);
    expect(await verdict).toMatchObject({ opened: true, services: [{ state: "ready", readyMs: 1_003_000 }] });
    expect(progress).toEqual(["0/1 ready · migrate not started yet", "0/1 ready · migrate running"]);
  });

  test("that ends badly is run again by the failure policy", async () => {
    b.engine.add("migrate");
    b.scripts[0] = () => failed("migrate is still running", "running");
    b.apply("migrate", job);
    await b.clock.advance(0);
    b.engine.happen("migrate", "die", { running: false, exitCode: 2 });
    await b.clock.advance(1000);
    expect(b.engine.calls).toEqual(["start migrate"]);
  });

  test("that ends badly is not called running, while it waits to be run again and when it has failed", async () => {
    b.engine.add("migrate");
    let running = true;
    b.scripts[0] = () =>
      running
        ? failed("migrate is still running", "running")
        : failed("migrate ended with exit code 3, expected 0", "exited");
    b.apply("migrate", { ...job, restarts: { ...once, maxRetries: 1 } });
    const lastAnswer = () => b.status("migrate").probes[0]?.lastCause?.text;
    const { verdict } = b.gate("migrate");
    await b.clock.advance(500);
    expect(lastAnswer()).toBe("migrate is still running");
    running = false;
    b.engine.happen("migrate", "die", { running: false, exitCode: 3 });
    await b.clock.advance(10);
    expect(b.status("migrate").state).toBe("restarting");
    expect(lastAnswer()).toBe("migrate ended with exit code 3, expected 0");
    b.engine.onStart = (id) =>
      b.engine.happen(id, "start", { running: false, startedMs: b.clock.now(), exitCode: 3 });
    await b.clock.advance(3000);
    expect(await verdict).toMatchObject({
      opened: false,
      failures: [{ reason: "exited", exit: { code: 3 }, status: { restarts: 1 } }],
    });
    expect(lastAnswer()).toBe("migrate ended with exit code 3, expected 0");
  });

  test("may be expected to end with another code", async () => {
    b.engine.add("migrate", { running: false, exitCode: 7 });
    b.scripts[0] = () => passed;
    b.apply("migrate", { ...job, probes: { completed: { ...job.probes.completed, exitCode: 7 } } });
    await b.clock.advance(0);
    expect(b.status("migrate").state).toBe("ready");
  });
});

describe("the engine's health check", () => {
  test("is recorded when it passes, also after the service is ready, and not forgotten when the engine forgets it", async () => {
    b.engine.add("web", { health: "starting" });
    b.apply("web");
    await b.clock.advance(0);
    expect(b.status("web")).toMatchObject({ state: "ready", hasHealthcheck: true, healthyMs: undefined });
    b.engine.happen("web", "healthy", { health: "healthy", healthyMs: 1_002_000 });
    await settle();
    b.engine.happen("web", "unhealthy", { health: "unhealthy", healthyMs: 1_090_000 });
    await settle();
    expect(b.status("web")).toMatchObject({ state: "ready", healthyMs: 1_002_000 });
  });
});

describe("the engine's events", () => {
  test("are followed again after they end, and what happened meanwhile is found", async () => {
    b.engine.add("web");
    b.scripts[1] = () => failed();
    b.apply("web");
    await b.clock.advance(600);
    b.engine.endEvents();
    b.engine.change("web", { running: false, exitCode: 1 });
    await b.clock.advance(50);
    expect(b.engine.followers()).toBe(0);
    expect(b.status("web").state).toBe("starting");
    await b.clock.advance(100);
    expect(b.engine.followers()).toBe(1);
    expect(b.status("web").state).toBe("restarting");
  });

  test("an engine that does not answer is asked until it does", async () => {
    b.engine.add("web");
    b.engine.silence = new Error("no answer");
    b.apply("web");
    await b.clock.advance(4000);
    expect(b.status("web").state).toBe("pending");
    b.engine.silence = undefined;
    await b.clock.advance(5000);
    expect(b.status("web").state).toBe("ready");
  });
});

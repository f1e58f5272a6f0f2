import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ReadinessSpec } from "../../../../lib/model/plan.ts";
import type { ApplyOptions, Bench } from "../../../support/coordinator-bench.ts";
import { bench } from "../../../support/coordinator-bench.ts";
import { probeOn } from "../../../support/desired.ts";
import { failed, passed, unknown } from "../../../support/outcomes.ts";

let b: Bench;
beforeEach(() => {
  b = bench();
  b.engine.add("web");
});
afterEach(() => b.close());

const apply = (patch: Partial<ReadinessSpec> = {}, options: ApplyOptions = {}) =>
  b.apply("web", { minReady: "1s", ...patch }, options);
const two = { first: probeOn(1), second: probeOn(2) };
/** How long after the bench's beginning the service was ready; undefined where it is not. */
const readyMs = (service = "web") => {
  const ms = b.status(service).readyMs;
  return ms === undefined ? undefined : ms - 1_000_000;
};

describe("a service that must stay ready for a second", () => {
  test("counts as ready by a pass at the end of it, tried as often as at a start until then", async () => {
    apply();
    const { verdict, progress } = b.gate("web");
    await b.clock.advance(999);
    expect(b.status("web")).toMatchObject({
      state: "starting",
      minReady: { forMs: 1000, passesSinceMs: 1_000_000, interrupted: undefined },
    });
    await b.clock.advance(1);
    expect(b.attempts[1]).toEqual([0, 100, 300, 700, 1000]);
    expect(await verdict).toMatchObject({ opened: true, services: [{ readyAfterMs: 1000 }] });
    expect(progress.slice(1)).toEqual(["0/1 ready · web ready, must stay so for 1s more, 0s of 60s"]);
    // Its start took as long as until it counted, and the time before is told apart.
    expect(b.status("web").minReady?.passesSinceMs).toBe(1_000_000);
    // From then on at the interval.
    await b.clock.advance(5000);
    expect(b.attempts[1]).toHaveLength(5);
  });

  test("begins again when an attempt fails", async () => {
    b.scripts[1] = (n) => (n === 3 ? failed() : passed);
    apply();
    await b.clock.advance(1399);
    expect(b.attempts[1]).toEqual([0, 100, 300, 400, 500, 700, 1100]);
    expect(b.status("web")).toMatchObject({
      state: "starting",
      minReady: {
        passesSinceMs: 1_000_400,
        interrupted: { times: 1, afterMs: 300, text: "first: connection refused" },
      },
    });
    await b.clock.advance(1);
    expect(readyMs()).toBe(1400);
  });

  test("is tried again soon after it was interrupted, however late that is", async () => {
    b.scripts[1] = (n) => (n < 10 || n === 12 ? failed() : passed);
    apply();
    await b.clock.advance(8000);
    expect(b.attempts[1]?.slice(8, 14)).toEqual([5500, 6500, 6600, 6800, 6900, 7000]);
  });

  test("begins again also when the failure is one of fewer than count, and is tried again soon", async () => {
    b.scripts[1] = (n) => (n === 3 ? failed() : passed);
    apply({ failureThreshold: 3 });
    await b.clock.advance(400);
    expect(b.attempts[1]).toEqual([0, 100, 300, 400]);
    await b.clock.advance(999);
    expect(readyMs()).toBeUndefined();
    await b.clock.advance(1);
    expect(readyMs()).toBe(1400);
  });

  test("begins again when its container ends", async () => {
    apply();
    await b.clock.advance(600);
    b.engine.crash("web", 3);
    await b.clock.advance(500);
    expect(b.status("web").state).toBe("restarting");
    await b.clock.advance(500 + 999);
    expect(b.status("web")).toMatchObject({
      state: "starting",
      minReady: { interrupted: { times: 1, afterMs: 600, text: "exited with code 3" } },
    });
    await b.clock.advance(1);
    expect(readyMs()).toBe(600 + 1000 + 1000);
  });

  test("begins again when its container is another run, though no attempt has failed", async () => {
    apply();
    await b.clock.advance(650);
    b.engine.happen("web", "start", { startedMs: b.clock.now() });
    await b.clock.advance(999);
    expect(readyMs()).toBeUndefined();
    await b.clock.advance(1);
    expect(readyMs()).toBe(1650);
  });

  test("is not proven by what began before the end", async () => {
    // The third attempt takes until after the end.
    b.scripts[1] = async (n, signal) => {
      if (n === 3) await b.clock.sleep(900, signal);
      return passed;
    };
    apply();
    await b.clock.advance(1200);
    expect(b.attempts[1]).toEqual([0, 100, 300, 1200]);
    expect(readyMs()).toBe(1200);
  });

  test("is neither proven nor interrupted by what is unknown, and is not tried without a pause then", async () => {
    b.scripts[1] = (n) => (n >= 4 && n <= 8 ? unknown : passed);
    apply();
    await b.clock.advance(10_000);
    expect(b.attempts[1]?.slice(0, 9)).toEqual([0, 100, 300, 700, 1000, 2000, 3000, 4000, 5000]);
    expect(readyMs()).toBe(5000);
  });

  test("has all of its probes pass for so long, the one that was asleep as well", async () => {
    b.scripts[2] = () => (b.clock.now() < 1_002_400 ? failed() : passed);
    apply({ probes: two });
    await b.clock.advance(2400);
    // The second passes: the first, whose own second is over, is tried again at once, and as often.
    expect(b.status("web").probes[1]).toMatchObject({ passing: true, firstPassMs: 1_002_400 });
    await b.clock.advance(999);
    expect(b.attempts[1]).toEqual([0, 100, 300, 700, 1000, 2000, 2400, 2500, 2700, 3100]);
    expect(readyMs()).toBeUndefined();
    await b.clock.advance(1);
    expect(readyMs()).toBe(3400);
  });

  test("is not ready while one of its probes has not answered at the end", async () => {
    b.scripts[2] = async (n, signal) => {
      if (n > 2) await b.clock.sleep(3000, signal);
      return passed;
    };
    apply({ probes: two });
    await b.clock.advance(2000);
    expect(readyMs()).toBeUndefined();
    // It began at 300, and once more after it; the other is not tried without a pause meanwhile.
    expect(b.attempts[1]?.length).toBeLessThan(8);
    await b.clock.advance(5000);
    expect(readyMs()).toBeGreaterThan(6000);
  });

  test("stays so within its budget: the report says that it passes, and what interrupted it", async () => {
    b.scripts[1] = () => ([300, 1100, 1400].includes(b.clock.now() - 1_000_000) ? failed() : passed);
    apply({ budget: "2s" });
    const { verdict, progress } = b.gate("web");
    await b.clock.advance(3000);
    const { message, failures } = (await verdict) as Extract<Awaited<typeof verdict>, { opened: false }>;
    expect(message.split("\n")[0]).toBe(
      "The gate of infrastructure did not open: web is not ready after 2.0s of 2s: it passes, and must stay ready for 1s without interruption; it was interrupted 2 times, last after 700ms by first: connection refused",
    );
    expect(message).toContain("  - It became ready, but did not stay ready for the 1s of its minReady: ");
    expect(failures[0]?.status.cause?.text).toMatch(/^it was not ready within 2s: it passes, and must stay/);
    expect(progress.at(-1)).toBe(
      "0/1 ready · web ready, must stay so for 1s more, interrupted 2 times (first: connection refused), 1s of 2s",
    );
  });

  test("of what fails at the deadline the report says also that it was ready before", async () => {
    b.scripts[1] = (n) => (n < 3 ? passed : failed());
    apply({ budget: "4s" });
    const { verdict } = b.gate("web");
    await b.clock.advance(5000);
    expect(await verdict).toMatchObject({
      message: expect.stringContaining(
        "web is not ready after 4.0s of 4s: first: connection refused; it was interrupted after 300ms of the 1s that it must stay ready by first: connection refused\n",
      ) as string,
    });
  });

  test("is not ready by itself after its deadline before it has stayed so", async () => {
    b.scripts[1] = () => (b.clock.now() < 1_003_700 ? failed() : passed);
    apply({ budget: "4s" });
    await b.clock.advance(4000 + 7500);
    // At the interval now, and every second while it is to stay so.
    expect(b.attempts[1]?.at(-1)).toBe(11_500);
    await b.clock.advance(999);
    expect(b.status("web").state).toBe("failed");
    await b.clock.advance(1);
    expect(readyMs()).toBe(12_500);
  });
});

describe("it holds for every proof", () => {
  const readyAgain = async (begin: () => void) => {
    await b.clock.advance(20_000);
    expect(b.status("web").state).toBe("ready");
    begin();
    await b.clock.advance(0);
    for (let ms = 0; b.status("web").state !== "starting" && ms < 5000; ms += 10) await b.clock.advance(10);
    expect(b.status("web").state).toBe("starting");
    const sinceMs = b.clock.now();
    await b.clock.advance(900);
    expect(b.status("web").state).toBe("starting");
    await b.clock.advance(200);
    expect(b.status("web").state).toBe("ready");
    expect((b.status("web").readyMs ?? 0) - sinceMs).toBeGreaterThan(900);
  };

  test("after a restart of what has failed", async () => {
    apply();
    await readyAgain(() => b.engine.crash("web"));
  });

  test("after a cascade", async () => {
    b.engine.add("db");
    b.apply("db");
    apply({}, { needs: { db: "restart" }, startIndex: 1 });
    await readyAgain(() => b.engine.crash("db"));
  });

  test("after a reboot", async () => {
    apply();
    await readyAgain(() => {
      b.kill();
      b.engine.change("web", { running: false, exitCode: 143 });
      b.start();
    });
  });

  test("of one that is proven again", async () => {
    apply();
    await readyAgain(() => apply({}, { verification: 2 }));
  });

  test("and begins again with another coordinator, which has not seen what was meanwhile", async () => {
    apply();
    await b.clock.advance(650);
    b.killCoordinator();
    await b.clock.advance(999);
    expect(b.status("web").state).toBe("starting");
    await b.clock.advance(1);
    expect(readyMs()).toBe(1650);
  });

  test("of an external service", async () => {
    const endpoint = { protocol: "tcp", host: "partner", port: 1 } as const;
    b.apply("partner", { minReady: "1s", external: true, endpoint, restarts: noRestarts }, asExternal);
    await b.clock.advance(999);
    expect(readyMs("partner")).toBeUndefined();
    await b.clock.advance(1);
    expect(readyMs("partner")).toBe(1000);
  });
});

const noRestarts = { maxRetries: 0, backoff: { initial: "1s", multiplier: 1, max: "1s" } } as const;
const asExternal = { container: "external:partner" };

test("what needs it in its own phase is started when a probe of it has stayed passing", async () => {
  b.engine.add("job", { running: false, startedMs: undefined });
  b.scripts[1] = (n) => (n === 3 ? failed() : passed);
  // It passes by what the other does.
  b.scripts[2] = () => (b.engine.calls.includes("start job") ? passed : failed());
  apply({ probes: two });
  b.apply(
    "job",
    { probes: { up: probeOn(3) } },
    { needs: { web: "ignore" }, waitsForNeeds: true, startIndex: 1 },
  );
  await b.clock.advance(1300);
  expect(b.engine.calls).toEqual([]);
  await b.clock.advance(1000);
  expect(b.engine.calls).toEqual(["start job"]);
});

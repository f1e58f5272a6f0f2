import { describe, expect, test } from "vitest";
import type { Clock } from "../../../lib/core/clock.ts";
import { systemClock } from "../../../lib/core/clock.ts";
import type { Probe } from "../../../lib/model/probe.ts";
import { resolveProbe } from "../../../lib/model/resolve-probe.ts";
import { completed, get, sql } from "../../../lib/model/probes.ts";
import type { ContainerView } from "../../../lib/probe/probe-kind.ts";
import { runProbe } from "../../../lib/probe/run-probe.ts";
import { containerView, runningFacts } from "../../support/container-view.ts";

const running = runningFacts;
const loadModule = () => Promise.reject(new Error("no module is asked for"));
const done = resolveProbe(completed({ timeout: "5s" }));

const run = (
  probe: Probe,
  container: ContainerView,
  options: { clock?: Clock; signal?: AbortSignal; secrets?: Record<string, string> } = {},
) =>
  runProbe(probe, "migrations", undefined, {
    clock: systemClock,
    secrets: {},
    container,
    loadModule,
    ...options,
  });

/** A container whose state is told when the test says so, and when it has been asked for. */
function unsettled() {
  const asked = Promise.withResolvers<void>();
  const state = Promise.withResolvers<typeof running>();
  const container = containerView({
    state: () => {
      asked.resolve();
      return state.promise;
    },
  });
  return { container, asked: asked.promise, tell: state.resolve };
}

/** A clock whose sleeps end when the test says so. */
function steppedClock() {
  let now = 0;
  const sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        if (signal?.aborted) return wake();
        sleepers.push({ until: now + ms, wake });
        signal?.addEventListener("abort", () => wake(), { once: true });
      }),
  };
  const advance = async (ms: number) => {
    now += ms;
    for (const { until, wake } of sleepers) if (until <= now) wake();
    await systemClock.sleep(5);
  };
  return { clock, advance };
}

test("what the prober cannot do is unknown, and never counted against the service", async () => {
  const container = containerView({ state: () => Promise.reject(new TypeError("state is not a function")) });
  expect(await run(done, container)).toMatchObject({
    status: "unknown",
    cause: { code: "prober", text: "state is not a function", permanent: false },
  });
});

test("a probe whose service does not speak its protocol is a defect of the plan, and unknown", async () => {
  const outcome = await run(resolveProbe(sql("SELECT 1")), containerView());
  expect(outcome).toEqual({
    status: "unknown",
    tookMs: 0,
    cause: {
      code: "prober",
      text: "a postgres-query probe needs a postgres endpoint, and migrations has none",
      permanent: false,
    },
  });
});

test("a secret without a value is unknown", async () => {
  const probe = resolveProbe(get("/", { headers: { authorization: [{ secret: "token" }] } }));
  const endpoint = { protocol: "http", host: "127.0.0.1", port: 9 } as const;
  const outcome = await runProbe(probe, "auth", endpoint, {
    clock: systemClock,
    secrets: {},
    container: containerView(),
    loadModule,
  });
  expect(outcome).toMatchObject({ status: "unknown", cause: { text: "the secret token has no value" } });
});

test("a secret in the words of a defect is taken out", async () => {
  const container = containerView({
    state: () => Promise.reject(new Error("no access with hunter2-hunter2")),
  });
  expect(await run(done, container, { secrets: { token: "hunter2-hunter2" } })).toMatchObject({
    cause: { text: "no access with [secret]" },
  });
});

describe("the timeout", () => {
  test("is the probe's own, counted on the given clock, and names the step", async () => {
    const { clock, advance } = steppedClock();
    const { container, asked } = unsettled();
    const outcome = run(done, container, { clock });
    await asked;
    await advance(4999);
    await advance(1);
    // The attempt does not end; it is waited for another second.
    await advance(1000);
    expect(await outcome).toEqual({
      status: "failed",
      tookMs: 5000,
      cause: {
        code: "timeout",
        text: "no answer from the engine within 5s while asking the engine for the container's state",
        permanent: false,
      },
    });
  });

  test("an answer in time leaves no timer behind", async () => {
    let sleeping = 0;
    const counting: Clock = {
      now: () => 0,
      sleep: async (ms, signal) => {
        sleeping += 1;
        await systemClock.sleep(ms, signal);
        sleeping -= 1;
      },
    };
    expect(await run(done, containerView({ state: { running: false } }), { clock: counting })).toEqual({
      status: "passed",
      tookMs: 0,
    });
    await systemClock.sleep(5);
    expect(sleeping).toBe(0);
  });

  test("an answer that comes after it is too late", async () => {
    const { clock, advance } = steppedClock();
    const { container, asked, tell } = unsettled();
    const outcome = run(done, container, { clock });
    await asked;
    await advance(5000);
    tell({ ...running, running: false });
    expect(await outcome).toMatchObject({ status: "failed", cause: { code: "timeout" } });
  });
});

describe("a signal", () => {
  test("calls an attempt off, whose outcome is unknown then", async () => {
    const off = new AbortController();
    const { container, asked, tell } = unsettled();
    const outcome = run(done, container, { signal: off.signal });
    await asked;
    off.abort();
    tell(running);
    expect(await outcome).toMatchObject({
      status: "unknown",
      cause: {
        code: "prober",
        text: "the attempt was called off while asking the engine for the container's state",
      },
    });
  });

  test("that has aborted before lets nothing begin", async () => {
    let requested = 0;
    const state = () => {
      requested += 1;
      return Promise.resolve(running);
    };
    expect(await run(done, containerView({ state }), { signal: AbortSignal.abort() })).toMatchObject({
      status: "unknown",
      cause: { text: "the attempt was called off before it began" },
    });
    expect(requested).toBe(0);
  });
});

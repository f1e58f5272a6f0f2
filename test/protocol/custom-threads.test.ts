import { describe, expect, test } from "vitest";
import { backgroundClock, systemClock } from "../../lib/core/clock.ts";
import { logReport } from "../../lib/coordinator/probing/module-report.ts";
import type { ThreadDependencies } from "../../lib/coordinator/probing/custom-thread.ts";
import { all, not } from "../../lib/model/composites.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import { custom } from "../../lib/model/probes.ts";
import type { RunProbeOptions } from "../../lib/probe/run-probe.ts";
import { safeText } from "../../lib/redaction/safe-text.ts";
import { attempt, secrets, reportOf } from "../support/attempt.ts";
import { fakeClock } from "../support/fake-clock.ts";
import { sourceThreads } from "../support/source-threads.ts";

const module = "test/probes/misbehaves.ts";
const nowhere = { host: "127.0.0.1", port: 0 };
type Timeout = "1s" | "2s" | "5s" | "20s";
const misdeed = (how: string, timeout: Timeout = "5s") => custom(module, { with: how, timeout });

/** A coordinator's threads, whose log is kept. */
function threads(dependencies: Partial<ThreadDependencies> = {}) {
  const logged: string[] = [];
  const log = (event: string, fields = {}) => void logged.push(Object.values({ event, ...fields }).join(" "));
  const report = logReport({ log, redact: safeText(Object.values(secrets)) }, backgroundClock);
  const loadModule = sourceThreads({ report, ...dependencies });
  const reported = async (probe: DeclaredProbe | string, options: Partial<RunProbeOptions> = {}) => {
    const declared = typeof probe === "string" ? misdeed(probe) : probe;
    return reportOf(await attempt(declared, undefined, { loadModule, ...options }), nowhere);
  };
  return { reported, logged, loadModule };
}

const ended = "custom-probe-ended";
const output = "custom-probe-output";

describe("what nothing catches ends the thread, and nothing else", () => {
  test("a rejection that is left behind; the next attempt has a thread of its own", async () => {
    const { reported, logged } = threads();
    expect(await reported("counts")).toBe("failed, custom: attempt 1");
    await reported("leavesRejection");
    const why = `${module} ended its thread by a rejection that nothing handles: nobody handles [secret]`;
    await expect.poll(() => logged).toEqual([`${ended} ${module} ${why}`]);
    expect(await reported("counts")).toBe("failed, custom: attempt 1");
  });

  test("an exception that comes late; what is under way in the thread is unknown, with its text", async () => {
    const { reported } = threads();
    const waiting = reported("waits");
    expect(await reported("throwsLater")).toBe("passed");
    expect(await waiting).toBe(
      `unknown, prober: ${module} ended its thread by an exception that nothing catches: thrown later`,
    );
    expect(await reported("counts")).toBe("failed, custom: attempt 1");
  });

  test("process.exit()", async () => {
    const { reported } = threads();
    const waiting = reported("waits");
    const text = `unknown, prober: ${module} ended its thread by process.exit(3)`;
    expect(await reported("exits")).toBe(text);
    expect(await waiting).toBe(text);
    expect(await reported("counts")).toBe("failed, custom: attempt 1");
  });

  test("and nothing passes because of it, in composites either", async () => {
    const { reported } = threads();
    const text = `unknown, prober: ${module} ended its thread by process.exit(3)`;
    expect(await reported(not(misdeed("exits")))).toBe(text);
    expect(await reported(all([custom("test/probes/says.ts"), misdeed("exits")]))).toContain(
      "failed, custom",
    );
  });
});

describe("a thread that is blocked", () => {
  const blocked = (timeout: string, how: string) =>
    new RegExp(
      String.raw`^failed, timeout: no answer from ${module} within ${timeout} while doing: ${how}: it blocked the thread for [\d.]+m?s; a custom probe must not compute without awaiting$`,
    );

  test.each(["computes", "neverLetsOthers"])("is ended at the attempt's timeout: %s", async (how) => {
    const { reported, logged } = threads();
    const [computing, waiting, elsewhere] = await Promise.all([
      reported(misdeed(how, "1s")),
      reported("waits"),
      reported(custom("test/probes/says.ts")),
    ]);
    expect(computing).toMatch(blocked("1s", how));
    expect(waiting).toMatch(
      /^unknown, prober: test\/probes\/misbehaves.ts blocked its thread for [\d.]+m?s; a custom probe must not compute without awaiting$/,
    );
    expect(elsewhere).toBe('failed, custom: {"host":"127.0.0.1"}');
    expect(logged).toEqual([expect.stringContaining(`${ended} ${module} ${module} blocked its thread`)]);
    expect(await reported("counts")).toBe("failed, custom: attempt 1");
  });

  test("is followed by another one only when it has ended", async () => {
    const { reported } = threads();
    const startedAt = performance.now();
    expect(await reported(misdeed("waitsInSystemCall", "1s"))).toMatch(blocked("1s", "waitsInSystemCall"));
    expect(await reported(misdeed("counts", "1s"))).toBe("failed, custom: attempt 1");
    // The system call takes 2s, of which the attempt before waits for 1.5s.
    expect(performance.now() - startedAt).toBeGreaterThan(2000);
  });

  test("says for how long it has been so, not how long the attempt took", async () => {
    const { reported } = threads();
    const startedAt = performance.now();
    const text = await reported(misdeed("computesAfterASecond", "2s"));
    const tookSeconds = (performance.now() - startedAt) / 1000;
    const seconds = Number(/for ([\d.]+)s;/.exec(text)?.[1]);
    expect(seconds).toBeGreaterThan(1);
    expect(seconds).toBeLessThan(tookSeconds - 0.9);
  });
});

describe("the abort of an attempt", () => {
  test("aborts the signal in the thread", async () => {
    const { reported, logged } = threads();
    expect(await reported(misdeed("waits", "1s"))).toBe(
      `failed, timeout: no answer from ${module} within 1s while doing: waits`,
    );
    await expect.poll(() => logged).toEqual([`${output} ${module} stdout aborted in the thread`]);
  });

  test("calls off an attempt that nobody wants any more, and leaves the thread", async () => {
    const { reported, logged } = threads();
    expect(await reported("counts")).toBe("failed, custom: attempt 1");
    const off = new AbortController();
    const waiting = reported("waits", { signal: off.signal });
    await systemClock.sleep(500);
    off.abort();
    expect(await waiting).toBe("unknown, prober: the attempt was called off while doing: waits");
    expect(await reported("counts")).toBe("failed, custom: attempt 3");
    expect(logged).toEqual([`${output} ${module} stdout aborted in the thread`]);
  });

  test("calls off the loading of a module, too", async () => {
    const { reported } = threads({ locate: () => new Promise(() => {}) });
    const off = new AbortController();
    const waiting = reported("counts", { signal: off.signal });
    off.abort();
    expect(await waiting).toBe(`unknown, prober: the attempt was called off while loading ${module}`);
  });
});

describe("what a module prints", () => {
  test("is logged by line, without secrets", async () => {
    const { reported, logged } = threads();
    expect(await reported("prints")).toBe("passed");
    await expect.poll(() => logged.length).toBe(6);
    const on = (stream: string) => {
      const start = `${output} ${module} ${stream} `;
      return logged.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
    };
    // A line that has no end is one when the attempt ends.
    expect(on("stdout")).toEqual(["a line with [secret]", '{"needed":"nobody","probe":"none"}', "no end"]);
    expect(on("stderr")).toEqual(["a line", "and another", "Warning: a warning"]);
  });

  test("is bounded, in length and in number", async () => {
    const { reported, logged } = threads();
    expect(await reported("printsMuch")).toBe("passed");
    await expect.poll(() => logged.length).toBe(101);
    await systemClock.sleep(100);
    expect(logged).toHaveLength(101);
    expect(logged[99]).toBe(
      `${output} ${module} stdout line 100 ${"x".repeat(1000 - "line 100 ".length)}...`,
    );
    expect(logged[100]).toBe(`${output} ${module} stdout (what follows within the minute is left out)`);
  });

  test("is no answer to its host", async () => {
    const { reported } = threads();
    expect(await reported("forgesAnswers")).toBe("passed");
  });
});

describe("a module that takes too much memory", () => {
  test.each(["hoards", "hoardsBuffers", "parsesMuch"])("ends with its thread: %s", async (how) => {
    const { reported } = threads();
    expect(await reported(misdeed(how, "20s"))).toBe(
      `unknown, prober: ${module} used more than 256 MiB of memory`,
    );
    expect(await reported("counts")).toBe("failed, custom: attempt 1");
  });
});

test("a module that names steps without end does not flood its host with messages", async () => {
  const { run } = await sourceThreads()(module);
  const steps: string[] = [];
  const { signal } = new AbortController();
  const step = (name: string) => void steps.push(name);
  const input = { ...nowhere, endpoint: undefined, url: undefined, secrets: {}, with: "namesSteps" };
  expect(await run(input, { signal, step })).toMatchObject({ kind: "returned", found: { passed: true } });
  expect(steps.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, i) => `step ${i + 1}`));
  expect(steps.length).toBeLessThan(1000);
});

test("a module sees the process's environment without what is the coordinator's own", async () => {
  process.env["PHASEGATE_SOMETHING"] = "x";
  try {
    expect(await threads().reported("showsEnvironment")).toBe("failed, custom: ");
  } finally {
    delete process.env["PHASEGATE_SOMETHING"];
  }
});

describe("a thread", () => {
  test("is kept for the next attempts, and ended when it has had nothing to do for five minutes", async () => {
    const clock = fakeClock();
    const { reported, logged } = threads({ clock });
    expect(await reported("counts")).toBe("failed, custom: attempt 1");
    await clock.advance(299_000);
    expect(await reported("counts")).toBe("failed, custom: attempt 2");
    await clock.advance(299_000);
    expect(await reported("counts")).toBe("failed, custom: attempt 3");
    await clock.advance(300_000);
    expect(await reported("counts")).toBe("failed, custom: attempt 1");
    expect(logged).toEqual([]);
  });

  test("is given half a minute to load its module", async () => {
    const clock = fakeClock();
    const { reported } = threads({ clock });
    const loading = reported(custom("test/probes/never-loads.ts"));
    await systemClock.sleep(100);
    await clock.advance(29_999);
    await clock.advance(1);
    expect(await loading).toBe("unknown, prober: test/probes/never-loads.ts was not loaded within 30.0s");
  });

  test("whose module awaits what never comes says so", async () => {
    expect(await threads().reported(custom("test/probes/never-ready.ts"))).toBe(
      "unknown, prober: test/probes/never-ready.ts ended its thread: by process.exit(0), or it awaits outside of its function what never comes",
    );
  });
});

import { describe, expect, test } from "vitest";
import type { PhasegateError } from "../../../../lib/core/errors.ts";
import type { PlatformEvent } from "../../../../lib/supervision/platform.ts";
import { fakeClock, settle } from "../../../support/fake-clock.ts";
import { fakePlatform } from "../../../support/fake-platform.ts";

// What tests of supervision stand on: it does what test/integration/platform-events.test.ts has seen an engine do.

const forEver = new AbortController().signal;
const graceMs = 10_000;

async function platformWith(options: Parameters<ReturnType<typeof fakePlatform>["add"]>[1] = {}) {
  const clock = fakeClock();
  const platform = fakePlatform(clock);
  platform.add("web", options);
  await clock.advance(1000);
  const events: string[] = [];
  const follow = async (sinceMs?: number) => {
    for await (const { kind } of platform.events(sinceMs, forEver)) events.push(kind);
    events.push("end");
  };
  return { clock, platform, events, follow };
}

function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "done",
    (error: unknown) => (error as PhasegateError).code,
  );
}

describe("a restart", () => {
  const order = { graceMs, from: 1_000_000 };

  test("is done once, however often the order is given", async () => {
    const { platform, clock } = await platformWith();
    await platform.restart("web", order, forEver);
    await platform.restart("web", order, forEver);
    expect(platform.starts).toEqual([
      { atMs: 1_000_000, workload: "web" },
      { atMs: clock.now(), workload: "web" },
    ]);
    expect(platform.orders.map((one) => one.order)).toEqual(["restart", "restart"]);
  });

  test("whose giver was killed between stopping and starting goes on from there", async () => {
    const { platform, clock } = await platformWith({ endsInMs: 3000 });
    const killed = new AbortController();
    const first = codeOf(platform.restart("web", order, killed.signal));
    await clock.advance(1000);
    killed.abort();
    expect(await first).toBe("PHASEGATE_ENGINE_UNREACHABLE");
    const second = platform.restart("web", order, forEver);
    await clock.advance(5000);
    await second;
    expect(platform.starts.length).toBe(2);
    expect(platform.workload("web").run()).toMatchObject({ running: true, startedMs: 1_005_000 - 1000 });
  });

  test("whose answer was lost is not done again", async () => {
    const { platform } = await platformWith();
    platform.faults.call = ({ name }) => (name === "restart" ? { kind: "lost" } : undefined);
    for (let i = 0; i < 5; i++)
      expect(await codeOf(platform.restart("web", order, forEver))).toBe("PHASEGATE_ENGINE_UNREACHABLE");
    platform.faults.call = undefined;
    await platform.restart("web", order, forEver);
    expect(platform.starts.length).toBeLessThanOrEqual(2);
    expect(platform.workload("web").run().running).toBe(true);
  });

  test("of what does not run is a start", async () => {
    const { platform } = await platformWith({ running: false });
    await platform.restart("web", { graceMs, from: undefined }, forEver);
    await platform.restart("web", { graceMs, from: undefined }, forEver);
    expect(platform.starts.length).toBe(1);
  });
});

describe("an order", () => {
  test("takes the time that the workload takes, and kills it when its grace is over", async () => {
    const { platform, clock } = await platformWith({ endsInMs: Infinity, startsInMs: 2000 });
    const stop = platform.stop("web", { graceMs: 5000 }, forEver);
    await clock.advance(4999);
    expect(platform.workload("web").run().running).toBe(true);
    await clock.advance(1);
    await stop;
    expect(platform.workload("web").run()).toMatchObject({ running: false, exitCode: 137 });
    const start = platform.start("web", forEver);
    await clock.advance(1999);
    expect(platform.workload("web").run().running).toBe(false);
    await clock.advance(1);
    await start;
    expect(platform.workload("web").run()).toMatchObject({ running: true, startedMs: clock.now() });
  });

  test("that has nothing to do does nothing", async () => {
    const { platform } = await platformWith();
    await platform.start("web", forEver);
    await platform.stop("web", { graceMs }, forEver);
    await platform.stop("web", { graceMs }, forEver);
    await platform.stop("nobody", { graceMs }, forEver);
    expect(platform.starts.length).toBe(1);
    expect(await codeOf(platform.start("nobody", forEver))).toBe("PHASEGATE_ENGINE_REFUSED");
  });

  test("that cannot be carried out is refused, and leaves its reason behind", async () => {
    const { platform } = await platformWith({ running: false, startError: "port is already allocated" });
    expect(await codeOf(platform.start("web", forEver))).toBe("PHASEGATE_ENGINE_REFUSED");
    expect(await platform.observe("web", forEver)).toMatchObject({ startError: "port is already allocated" });
  });
});

describe("what it reports", () => {
  test.for<[string, (platform: ReturnType<typeof fakePlatform>) => unknown, PlatformEvent["kind"][]]>([
    ["a stop by hand", ({ byHand }) => byHand.stop("web"), ["ordered", "changed", "ordered"]],
    ["a kill by hand", ({ byHand }) => byHand.kill("web"), ["ordered", "changed"]],
    ["a signal by hand", ({ byHand }) => byHand.kill("web", 1), ["changed"]],
    [
      "a restart by hand",
      ({ byHand }) => byHand.restart("web"),
      ["ordered", "changed", "ordered", "changed"],
    ],
    ["a removal by hand", ({ byHand }) => byHand.remove("web"), ["ordered", "changed", "ordered", "removed"]],
    ["a pause by hand", ({ byHand }) => byHand.pause("web"), ["changed"]],
    ["a crash", ({ crash }) => crash("web"), ["changed"]],
    ["memory that has run out", ({ crash }) => crash("web", { outOfMemory: true }), ["changed", "changed"]],
    [
      "a stop through the interface",
      ({ stop }) => stop("web", { graceMs }, forEver),
      ["changed", "changed", "changed"],
    ],
    ["a reboot", ({ reboot }) => void reboot(), ["end"] as never[]],
  ])("of %s", async ([, act, kinds]) => {
    const { platform, events, follow } = await platformWith();
    void follow();
    await settle();
    await act(platform);
    await settle();
    expect(events).toEqual(kinds);
  });

  test("of the engine's own end, on the streams that it has, while it takes no calls", async () => {
    const { platform, clock, events, follow } = await platformWith({ endsInMs: 2000 });
    void follow();
    await settle();
    const over = platform.restartEngine({ graceMs, downMs: 1000 });
    await settle();
    expect(events).toEqual(["ordered"]);
    expect(await codeOf(platform.observe("web", forEver))).toBe("PHASEGATE_ENGINE_UNREACHABLE");
    await clock.advance(2000);
    expect(events).toEqual(["ordered", "changed", "ordered", "end"]);
    await clock.advance(1000);
    await over;
    expect(await platform.observe("web", forEver)).toMatchObject({ running: false, exitCode: 143 });
    expect(await platform.past(0, forEver)).toEqual([]);
  });

  test("from an instant on, and what a hanging engine reports when it goes on", async () => {
    const { platform, clock, events, follow } = await platformWith();
    platform.crash("web");
    await clock.advance(1000);
    const sinceMs = clock.now();
    await platform.byHand.start("web");
    void follow(sinceMs);
    await settle();
    expect(events).toEqual(["changed"]);
    platform.become("hanging");
    platform.crash("web");
    await settle();
    expect(events).toEqual(["changed"]);
    platform.become("answering");
    await settle();
    expect(events).toEqual(["changed", "changed"]);
  });
});

describe("a call", () => {
  test.for(["hanging", "unreachable"] as const)(
    "ends with its signal at a platform that is %s",
    async (how) => {
      const { platform } = await platformWith();
      platform.become(how);
      const ending = new AbortController();
      const calls = [
        platform.observe("web", ending.signal),
        platform.list(ending.signal),
        platform.start("web", ending.signal),
        platform.stop("web", { graceMs }, ending.signal),
        platform.restart("web", { graceMs, from: 0 }, ending.signal),
        platform.logs("web", 1, ending.signal),
        platform.past(0, ending.signal),
      ].map(codeOf);
      await settle();
      ending.abort();
      expect(new Set(await Promise.all(calls))).toEqual(new Set(["PHASEGATE_ENGINE_UNREACHABLE"]));
    },
  );

  test("that is answered late shows what was true when it was asked", async () => {
    const { platform, clock } = await platformWith();
    platform.faults.call = () => ({ kind: "late", ms: 5000 });
    const old = platform.observe("web", forEver);
    await settle();
    platform.faults.call = undefined;
    platform.crash("web");
    expect(await platform.observe("web", forEver)).toMatchObject({ running: false });
    await clock.advance(5000);
    expect(await old).toMatchObject({ running: true });
  });
});

import { afterEach, describe, expect, test } from "vitest";
import { isNewer } from "../../../../lib/coordinator/containers/followed-workload.ts";
import { fakeClock } from "../../../support/fake-clock.ts";
import type { FakePlatform } from "../../../support/fake-platform.ts";
import { fakePlatform } from "../../../support/fake-platform.ts";
import type { WatchedPlatform } from "../../../support/watched-platform.ts";
import { watchedPlatform } from "../../../support/watched-platform.ts";

const opened: WatchedPlatform[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

/** A watch of workloads that run since 1,000,000 ms, which has looked at each; what it has handed on by then is left out. */
async function watching(...workloads: string[]): Promise<WatchedPlatform> {
  const clock = fakeClock();
  const platform = fakePlatform(clock);
  for (const workload of workloads) platform.add(workload);
  const watched = watchedPlatform({ clock, platform, workloads });
  opened.push(watched);
  await clock.advance(1000);
  watched.told.splice(0);
  return watched;
}

function count(platform: FakePlatform, name: string, workload = ""): number {
  return platform.calls.filter(
    (call) => call.name === name && (workload === "" || call.workload === workload),
  ).length;
}

describe("what somebody orders", () => {
  test("a stop is told before the end that it brings about", async () => {
    const { platform, clock, told } = await watching("web");
    await platform.byHand.stop("web");
    await clock.advance(10);
    expect(told).toEqual(["ordered web", "seen web exited 143 since 1000000"]);
  });

  test("a stop that takes its time is told while the workload runs on, and once more when it has killed it", async () => {
    const { platform, clock, told } = await watching("web");
    platform.workload("web").set({ endsInMs: Infinity });
    void platform.byHand.stop("web", 10_000);
    await clock.advance(9000);
    expect(told).toEqual(["ordered web"]);
    await clock.advance(2000);
    expect(told.slice(1, 2)).toEqual(["ordered web"]);
    expect(told.at(-1)).toBe("seen web exited 137 since 1000000");
  });

  test("a removal is an order, and a workload less", async () => {
    const { platform, clock, told } = await watching("web");
    platform.byHand.remove("web");
    await clock.advance(10);
    expect(told).toEqual(["removed web", "ordered web", "seen web gone"]);
  });

  test("a signal that ends nothing is none", async () => {
    const { platform, clock, told } = await watching("web");
    platform.byHand.kill("web", 1);
    await clock.advance(60_000);
    expect(told).toEqual([]);
  });

  test("a crash is none", async () => {
    const { platform, clock, told } = await watching("web");
    platform.crash("web", { outOfMemory: true });
    await clock.advance(60_000);
    expect(told).toEqual(["seen web exited 137 since 1000000"]);
  });

  test("what is ordered through the platform itself is none", async () => {
    const { platform, clock, told } = await watching("web");
    const from = 1_000_000;
    await platform.restart("web", { graceMs: 10_000, from }, new AbortController().signal);
    await clock.advance(60_000);
    expect(told).toEqual(["seen web exited 143 since 1000000", "seen web running since 1001000"]);
  });

  test("is told once, however often the event comes", async () => {
    const { platform, clock, told } = await watching("web");
    platform.faults.event = () => ({ kind: "repeat", times: 3 });
    platform.byHand.kill("web");
    await clock.advance(60_000);
    expect(told).toEqual(["ordered web", "seen web exited 137 since 1000000"]);
  });

  test("is found in the platform's memory before the end is told, where its events were lost", async () => {
    const { platform, clock, told } = await watching("web");
    platform.faults.event = () => ({ kind: "drop" });
    await platform.byHand.stop("web");
    await clock.advance(16_000);
    expect(told).toEqual(["ordered web", "seen web exited 143 since 1000000"]);
  });

  test("is told before the end where its events come late", async () => {
    const { platform, clock, told } = await watching("web");
    platform.faults.event = () => ({ kind: "delay", ms: 60_000 });
    await platform.byHand.stop("web");
    await clock.advance(120_000);
    expect(told).toEqual(["ordered web", "seen web exited 143 since 1000000"]);
  });

  test("while nobody watched it is told before the first look", async () => {
    const clock = fakeClock();
    const platform = fakePlatform(clock);
    for (const workload of ["web", "api", "job"]) platform.add(workload);
    await clock.advance(1000);
    const sinceMs = clock.now();
    await clock.advance(1000);
    await platform.byHand.stop("web");
    platform.crash("api");
    await platform.byHand.stop("job");
    await clock.advance(1000);
    await platform.byHand.start("job");
    const watched = watchedPlatform({ clock, platform, sinceMs, workloads: ["web", "api", "job"] });
    opened.push(watched);
    await clock.advance(1000);
    expect(watched.told.filter((text) => text.includes("web"))).toEqual([
      "ordered web",
      "seen web exited 143 since 1000000",
    ]);
    expect(watched.told.filter((text) => text.includes("api"))).toEqual(["seen api exited 1 since 1000000"]);
    // It was stopped, but it runs again since.
    expect(watched.told.filter((text) => text.includes("job"))).toEqual(["seen job running since 1003000"]);
  });

  test("of before the watch is none", async () => {
    const clock = fakeClock();
    const platform = fakePlatform(clock);
    platform.add("web");
    await platform.byHand.stop("web");
    await clock.advance(10_000);
    const watched = watchedPlatform({ clock, platform, workloads: ["web"] });
    opened.push(watched);
    await clock.advance(1000);
    expect(watched.told).toEqual(["seen web exited 143 since 1000000"]);
  });

  test("before a workload was followed is told when it is", async () => {
    const { platform, clock, told, watch } = await watching();
    platform.add("web");
    await platform.byHand.stop("web");
    await clock.advance(1000);
    watch.follow("web");
    await clock.advance(1000);
    expect(told).toEqual(["created web", "ordered web", "seen web exited 143 since 1001000"]);
  });
});

describe("a platform that is started again", () => {
  test("gives no orders by stopping what it runs", async () => {
    const { platform, clock, told } = await watching("web", "api");
    platform.workload("api").set({ endsInMs: Infinity });
    void platform.restartEngine({ graceMs: 10_000, downMs: 5000 });
    await clock.advance(60_000);
    expect(told.filter((text) => text.startsWith("ordered"))).toEqual([]);
    expect(told.filter((text) => !text.startsWith("seen"))).toEqual(["silent", "heard"]);
    expect(told).toContain("seen web exited 143 since 1000000");
    expect(told).toContain("seen api exited 137 since 1000000");
  });

  test("after the machine has failed shows what has ended, and nobody has ordered that", async () => {
    const { platform, clock, told } = await watching("web");
    void platform.reboot();
    await clock.advance(60_000);
    expect(told).toEqual(["silent", "heard", "seen web exited 255 since 1000000"]);
  });

  test("remembers an order, where only the stream had broken", async () => {
    const { platform, clock, told } = await watching("web");
    platform.become("unreachable");
    await platform.byHand.stop("web");
    platform.endEvents();
    await clock.advance(30_000);
    expect(told).toEqual(["silent"]);
    platform.become("answering");
    await clock.advance(30_000);
    expect(told).toEqual(["silent", "heard", "ordered web", "seen web exited 143 since 1000000"]);
  });
});

describe("a look", () => {
  test("that is answered late is handed on, and does not take the place of a newer one", async () => {
    const { platform, clock, looks, latest, watch } = await watching("web");
    looks.splice(0);
    platform.faults.call = ({ name }) => (name === "observe" ? { kind: "late", ms: 5000 } : undefined);
    watch.lookSoon("web");
    await clock.advance(1000);
    platform.faults.call = undefined;
    platform.crash("web");
    await clock.advance(10_000);
    expect(looks.map(({ seen }) => seen !== "gone" && seen.running)).toEqual([false, true]);
    const [newer, older] = looks.map(({ look }) => look);
    expect(newer).toBeGreaterThan(older as number);
    expect(latest.get("web")?.seen).toMatchObject({ running: false, exitCode: 1 });
  });

  test("that began later and shows what was before is not handed on", async () => {
    const { platform, clock, looks, latest, watch } = await watching("web");
    looks.splice(0);
    // The platform comes to the first look last.
    platform.faults.call = ({ name }) => (name === "observe" ? { kind: "slow", ms: 3000 } : undefined);
    watch.lookSoon("web");
    await clock.advance(1000);
    platform.faults.call = ({ name }) => (name === "observe" ? { kind: "late", ms: 4000 } : undefined);
    watch.lookSoon("web");
    await clock.advance(1000);
    platform.faults.call = undefined;
    platform.faults.event = () => ({ kind: "drop" });
    await platform.byHand.restart("web");
    await clock.advance(10_000);
    expect(looks.length).toBe(1);
    expect(latest.get("web")?.seen).toMatchObject({ startedMs: 1_003_000 });
  });

  test("is newer by its number alone", () => {
    expect(isNewer(3, undefined)).toBe(true);
    expect(isNewer(3, 2)).toBe(true);
    expect(isNewer(3, 3)).toBe(false);
    expect(isNewer(2, 3)).toBe(false);
  });

  test("that is not answered in time is made again, and keeps no other workload waiting", async () => {
    const { platform, clock, told, watch } = await watching("web", "api");
    platform.faults.call = ({ workload }) => (workload === "web" ? { kind: "hang" } : undefined);
    platform.crash("web");
    platform.crash("api");
    await clock.advance(60_000);
    // The platform does answer: it is the workload that it cannot say anything about.
    expect(told).toEqual(["seen api exited 1 since 1000000"]);
    const asked = count(platform, "observe", "web");
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThan(12);
    platform.faults.call = undefined;
    await clock.advance(15_000);
    expect(told.at(-1)).toBe("seen web exited 1 since 1000000");
    await expect(watch.look("web")).resolves.toMatchObject({ running: false });
  });

  test("of a workload that much happens to and that is not answered leaves turns for others", async () => {
    const { platform, clock, told } = await watching("web", "api");
    platform.faults.call = ({ workload }) => (workload === "web" ? { kind: "hang" } : undefined);
    for (let i = 0; i < 20; i++) {
      platform.byHand.pause("web");
      await clock.advance(10);
    }
    platform.crash("api");
    await clock.advance(1000);
    expect(told).toEqual(["seen api exited 1 since 1000000"]);
  });

  test("that had no turn is made when one that is under way has ended", async () => {
    const { platform, clock, told, watch } = await watching("web");
    platform.faults.call = ({ name }) => (name === "observe" ? { kind: "late", ms: 3000 } : undefined);
    for (let i = 0; i < 2; i++) {
      watch.lookSoon("web");
      await clock.advance(10);
    }
    platform.faults.call = undefined;
    platform.crash("web");
    await clock.advance(2000);
    expect(told).toEqual([]);
    await clock.advance(1000);
    expect(told).toEqual(["seen web exited 1 since 1000000"]);
  });

  test("that is refused is made again, further and further apart", async () => {
    const { platform, clock, told } = await watching("web");
    const before = count(platform, "observe");
    platform.faults.call = ({ name }) =>
      name === "observe" ? { kind: "refuse", text: "server error" } : undefined;
    platform.crash("web");
    await clock.advance(60_000);
    expect(told).toEqual([]);
    const asked = count(platform, "observe") - before;
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(30);
    platform.faults.call = undefined;
    await clock.advance(6000);
    expect(told).toEqual(["seen web exited 1 since 1000000"]);
  });

  test("that has failed is made again, also where one on request began later and has failed as well", async () => {
    const { platform, clock, told, watch } = await watching("web");
    platform.faults.event = () => ({ kind: "drop" });
    platform.faults.call = ({ workload }) => (workload === "web" ? { kind: "hang" } : undefined);
    platform.crash("web");
    await clock.advance(16_000);
    void watch.look("web").catch(() => undefined);
    await clock.advance(20_000);
    platform.faults.call = undefined;
    await clock.advance(6000);
    expect(told).toEqual(["seen web exited 1 since 1000000"]);
  });

  test("shows an end also where the platform refuses to say what was before it", async () => {
    const { platform, clock, told, log } = await watching("web");
    platform.faults.call = ({ name }) => (name === "past" ? { kind: "refuse", text: "no" } : undefined);
    platform.crash("web");
    await clock.advance(1000);
    expect(told).toEqual(["seen web exited 1 since 1000000"]);
    expect(log).toContain("past-refused");
  });

  test("on request ends after 10 s at a platform that hangs, and says why", async () => {
    const { platform, clock, watch } = await watching("web");
    platform.become("hanging");
    const look = watch.look("web").catch((error: unknown) => error);
    await clock.advance(9999);
    expect(await Promise.race([look, Promise.resolve("waits")])).toBe("waits");
    await clock.advance(1);
    expect(await look).toMatchObject({
      code: "PHASEGATE_ENGINE_UNREACHABLE",
      message: expect.stringContaining("no answer within 10s") as string,
    });
  });

  test("on request ends with its own signal, also where it waits for its turn", async () => {
    const { platform, clock, watch, told } = await watching("web");
    platform.become("hanging");
    const ending = new AbortController();
    const looks = Array.from({ length: 20 }, () =>
      watch.look("web", ending.signal).catch((error: unknown) => error),
    );
    await clock.advance(1000);
    ending.abort();
    await clock.advance(0);
    for (const look of looks) expect(await look).toMatchObject({ code: "PHASEGATE_ENGINE_UNREACHABLE" });
    expect(told).toEqual([]);
  });

  test("shows the first health check of a run for as long as it lasts", async () => {
    const { platform, clock, latest } = await watching("web");
    platform.workload("web").setHealth("healthy");
    const healthyMs = clock.now();
    await clock.advance(1000);
    const forgetting = platform.observe;
    Object.assign(platform, {
      observe: async (...call: Parameters<typeof forgetting>) => {
        const seen = await forgetting(...call);
        return seen === "gone" ? seen : { ...seen, healthyMs: undefined };
      },
    });
    platform.workload("web").setHealth("unhealthy");
    await clock.advance(1000);
    expect(latest.get("web")?.seen).toMatchObject({ health: "unhealthy", healthyMs });
    await platform.byHand.restart("web");
    await clock.advance(1000);
    expect(latest.get("web")?.seen).toMatchObject({ running: true, healthyMs: undefined });
  });
});

describe("what events do not say", () => {
  test("an end is found by the next list", async () => {
    const { platform, clock, told } = await watching("web");
    platform.faults.event = () => ({ kind: "drop" });
    platform.crash("web");
    await clock.advance(10_000);
    expect(told).toEqual([]);
    await clock.advance(6000);
    expect(told).toEqual(["seen web exited 1 since 1000000"]);
  });

  test("a restart between two lists is found, too", async () => {
    const { platform, clock, told } = await watching("web");
    platform.faults.event = () => ({ kind: "drop" });
    platform.crash("web");
    await platform.byHand.start("web");
    await clock.advance(16_000);
    expect(told).toEqual(["seen web running since 1001000"]);
  });

  test("a pause is found", async () => {
    const { platform, clock, told } = await watching("web");
    platform.faults.event = () => ({ kind: "drop" });
    platform.byHand.pause("web");
    await clock.advance(16_000);
    expect(told).toEqual(["seen web paused since 1000000"]);
  });

  test("an order while the stream is broken is told when it begins again, though it has ended nothing", async () => {
    const { platform, clock, told } = await watching("web");
    platform.workload("web").set({ endsInMs: Infinity });
    platform.endEvents();
    platform.byHand.kill("web", 15);
    await clock.advance(1000);
    expect(told).toEqual(["ordered web"]);
  });

  test("what happens while the stream is broken is found when it begins again", async () => {
    const { platform, clock, told } = await watching("web");
    platform.endEvents();
    platform.crash("web");
    await clock.advance(1000);
    expect(told).toEqual(["seen web exited 1 since 1000000"]);
    expect(platform.followers()).toBe(1);
  });

  test("nor the platform's memory, since it was started again, is found at once", async () => {
    const { platform, clock, told } = await watching("web");
    void platform.reboot(0);
    await clock.advance(1000);
    expect(told).toEqual(["seen web exited 255 since 1000000"]);
  });

  test("workloads that came and went are found by lists, once each", async () => {
    const { platform, clock, told } = await watching("web");
    platform.faults.event = () => ({ kind: "drop" });
    platform.add("extra");
    platform.byHand.remove("web");
    await clock.advance(40_000);
    const presence = told.filter((text) => /^(created|removed)/.test(text));
    expect(presence).toEqual(["created extra", "removed web"]);
  });

  test("workloads that came and went by events are not told again by lists", async () => {
    const { platform, clock, told } = await watching("web");
    platform.add("extra");
    await clock.advance(40_000);
    platform.byHand.remove("extra");
    await clock.advance(40_000);
    expect(told).toEqual(["created extra", "removed extra"]);
  });
});

describe("a platform that is silent", () => {
  test.for(["hanging", "unreachable"] as const)(
    "for minutes, %s, is told once, is tried with back-off, and shows what happened meanwhile when it is back",
    async (condition) => {
      const { platform, clock, told } = await watching("web", "api", "db");
      platform.become(condition);
      platform.crash("web");
      await platform.byHand.stop("api");
      const before = platform.calls.length;
      await clock.advance(5 * 60_000);
      expect(told).toEqual(["silent"]);
      expect(platform.calls.length - before).toBeLessThan(200);
      platform.become("answering");
      await clock.advance(20_000);
      expect(told.slice(0, 2)).toEqual(["silent", "heard"]);
      expect(told.filter((text) => text.includes("web"))).toEqual(["seen web exited 1 since 1000000"]);
      expect(told.filter((text) => text.includes("api"))).toEqual([
        "ordered api",
        "seen api exited 143 since 1000000",
      ]);
      expect(told.filter((text) => text.includes("db"))).toEqual([]);
      // The next silence is told as well.
      platform.become(condition);
      await clock.advance(60_000);
      expect(told.at(-1)).toBe("silent");
    },
  );

  test("is not said to be so while it answers", async () => {
    const { platform, clock, told } = await watching("web");
    platform.faults.call = () => ({ kind: "slow", ms: 8000 });
    await clock.advance(5 * 60_000);
    expect(told).toEqual([]);
  });

  test("gets a new subscription when it is back: the old one may be dead", async () => {
    const { platform, clock, told } = await watching("web");
    platform.become("hanging");
    await clock.advance(60_000);
    platform.deafen();
    platform.become("answering");
    await clock.advance(20_000);
    const lists = count(platform, "list");
    while (count(platform, "list") === lists) await clock.advance(100);
    platform.crash("web");
    await clock.advance(1000);
    expect(told.at(-1)).toBe("seen web exited 1 since 1000000");
  });
});

describe("what it costs", () => {
  test("a thousand workloads are looked at once at the beginning, eight at a time; then only what differs", async () => {
    const clock = fakeClock();
    const platform = fakePlatform(clock);
    const names = Array.from({ length: 1000 }, (_, i) => `web${i}`);
    for (const name of names) platform.add(name);
    await clock.advance(10_000);
    let atOnce = 0;
    let most = 0;
    const { observe } = platform;
    Object.assign(platform, {
      observe: async (...call: Parameters<typeof observe>) => {
        most = Math.max(most, ++atOnce);
        await clock.sleep(10);
        return await observe(...call).finally(() => atOnce--);
      },
    });
    const watched = watchedPlatform({ clock, platform, workloads: names });
    opened.push(watched);
    await clock.advance(2000);
    expect(watched.latest.size).toBe(1000);
    expect(most).toBe(8);
    expect(count(platform, "observe")).toBe(1000);
    expect(count(platform, "list")).toBe(1);

    platform.calls.splice(0);
    platform.faults.event = () => ({ kind: "drop" });
    platform.crash("web500");
    await clock.advance(4 * 60_000);
    expect(count(platform, "observe", "web500")).toBe(2);
    expect(count(platform, "observe")).toBe(2);
    expect(count(platform, "list")).toBeLessThanOrEqual(18);

    // Everything is looked at again at some time, though nothing shows that there is a reason.
    platform.calls.splice(0);
    await clock.advance(8 * 60_000);
    const looked = platform.calls.filter(({ name }) => name === "observe").map(({ workload }) => workload);
    expect(new Set(looked).size).toBe(1000);
    expect(looked.length).toBeLessThan(1500);
  });
});

test("what is not followed any more is not handed on", async () => {
  const { platform, clock, told, watch } = await watching("web");
  platform.faults.call = ({ name }) => (name === "observe" ? { kind: "late", ms: 1000 } : undefined);
  platform.crash("web");
  watch.unfollow("web");
  await clock.advance(60_000);
  expect(told).toEqual([]);
});

test("it ends without anything left behind", async () => {
  const { platform, clock, watch } = await watching("web");
  platform.become("hanging");
  const look = watch.look("web").catch((error: unknown) => error);
  watch.close();
  await clock.advance(0);
  expect(await look).toMatchObject({ code: "PHASEGATE_ENGINE_UNREACHABLE" });
  expect(platform.followers()).toBe(0);
  expect(clock.sleeping()).toBe(0);
});

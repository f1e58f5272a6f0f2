import { afterEach, expect, test } from "vitest";
import { within } from "../../../../lib/coordinator/containers/within.ts";
import { fakeClock } from "../../../support/fake-clock.ts";
import { randomFaults } from "../../../support/fake-faults.ts";
import type { FakePlatform } from "../../../support/fake-platform.ts";
import { fakePlatform } from "../../../support/fake-platform.ts";
import { seededRandom } from "../../../support/seeded-random.ts";
import type { WatchedPlatform } from "../../../support/watched-platform.ts";
import { seenText, watchedPlatform } from "../../../support/watched-platform.ts";

// A platform that hangs, loses connections, and loses, delays and repeats events; workloads that end for all reasons that there are.

const byHand = ["web", "api", "db"];
const byUs = ["auth", "queue"];
const alone = ["cache"];
const all = [...byHand, ...byUs, ...alone];

const opened: WatchedPlatform[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

interface Ordered {
  readonly workload: string;
  readonly startedMs: number | undefined;
  readonly atMs: number;
}

/** Something happens, by chance. What somebody orders by hand comes back. */
function somethingHappens(
  { clock, platform, watch }: WatchedPlatform,
  random: () => number,
): Ordered | undefined {
  const oneOf = (names: readonly string[]) => names[Math.floor(random() * names.length)] ?? "";
  const kind = Math.floor(random() * 9);
  if (kind === 0) platform.crash(oneOf(all), { exitCode: 1, outOfMemory: random() < 0.3 });
  if (kind === 1 || kind === 2) for (const workload of all) void platform.byHand.start(workload);
  if (kind === 3) platform.endEvents();
  if (kind === 4) void orderOurselves(platform, oneOf(byUs), random, clock);
  if (kind === 5) {
    // Somebody looks, and may leave before the answer.
    const look = (signal: AbortSignal) => watch.look(oneOf(all), signal);
    void within(random() * 12_000, clock, new AbortController().signal, look).catch(() => undefined);
  }
  if (kind < 6) return undefined;
  const workload = oneOf(byHand);
  const { running, startedMs } = platform.workload(workload).run();
  if (!running) return undefined;
  if (kind === 6) platform.byHand.kill(workload);
  else void platform.byHand.stop(workload);
  return { workload, startedMs, atMs: clock.now() };
}

async function orderOurselves(
  platform: FakePlatform,
  workload: string,
  random: () => number,
  clock: WatchedPlatform["clock"],
): Promise<void> {
  const from = platform.workload(workload).run().startedMs;
  const graceMs = 2000;
  platform.workload(workload).set({ startsInMs: random() * 500, endsInMs: random() * 4000 });
  await within(5000, clock, new AbortController().signal, (signal) =>
    random() < 0.5
      ? platform.restart(workload, { graceMs, from }, signal)
      : platform.stop(workload, { graceMs }, signal),
  ).catch(() => undefined);
}

test.for(Array.from({ length: 40 }, (_, i) => i + 1))(
  "what was handed on last is true, each end comes after the order that brought it about, and no order is made up (seed %i)",
  async (seed) => {
    const random = seededRandom(seed);
    const clock = fakeClock();
    const platform = fakePlatform(clock);
    for (const workload of all) platform.add(workload);
    await clock.advance(5000);
    const watched = watchedPlatform({ clock, platform, workloads: all, seed });
    opened.push(watched);
    Object.assign(platform.faults, randomFaults(random, { calls: 0.2, events: 0.3 }));

    const ordered: Ordered[] = [];
    for (let i = 0; i < 100; i++) {
      const order = somethingHappens(watched, random);
      if (order !== undefined) ordered.push(order);
      if (random() < 0.05) {
        platform.become(random() < 0.5 ? "hanging" : "unreachable");
        await clock.advance(random() * 60_000);
        platform.become("answering");
      }
      await clock.advance(random() * 10_000);
    }
    Object.assign(platform.faults, { call: undefined, event: undefined });
    await clock.advance(60_000);

    for (const workload of all) {
      const seen = watched.latest.get(workload)?.seen;
      expect(seen && seenText(seen)).toBe(seenText(platform.workload(workload).run()));
    }
    expect(ordered.length).toBeGreaterThan(5);
    for (const { workload, atMs } of watched.orders)
      expect(ordered.filter((one) => one.workload === workload).map((one) => one.atMs)).toContain(atMs);
    for (const { workload, startedMs } of ordered) {
      const firstEnd = watched.looks.findIndex(
        ({ workload: name, seen, taken }) =>
          taken && name === workload && seen !== "gone" && !seen.running && seen.startedMs === startedMs,
      );
      // It was started again before anybody looked, or before the look was answered.
      if (firstEnd < 0) continue;
      const before = watched.orders.filter(
        (order) => order.workload === workload && order.atMs >= (startedMs ?? 0) && order.looks <= firstEnd,
      );
      expect(before.length).toBeGreaterThan(0);
    }
    const { told } = watched;
    const silences = told.filter((text) => text === "silent" || text === "heard");
    expect(silences).toEqual(silences.map((_, i) => (i % 2 === 0 ? "silent" : "heard")));
  },
);

test.for(Array.from({ length: 20 }, (_, i) => i + 1))(
  "an engine that is started again, and a machine that fails, give no orders (seed %i)",
  async (seed) => {
    const random = seededRandom(seed);
    const clock = fakeClock();
    const platform = fakePlatform(clock);
    for (const workload of all) platform.add(workload, { endsInMs: random() * 12_000 });
    await clock.advance(5000);
    const watched = watchedPlatform({ clock, platform, workloads: all, seed });
    opened.push(watched);
    Object.assign(platform.faults, randomFaults(random, { calls: 0.1, events: 0.1 }));
    for (let i = 0; i < 10; i++) {
      await clock.advance(random() * 30_000);
      void (random() < 0.5 ? platform.reboot() : platform.restartEngine());
      await clock.advance(40_000);
      for (const workload of all) void platform.byHand.start(workload);
    }
    await clock.advance(60_000);
    expect(watched.orders).toEqual([]);
    for (const workload of all) {
      const seen = watched.latest.get(workload)?.seen;
      expect(seen && seenText(seen)).toBe(seenText(platform.workload(workload).run()));
    }
  },
);

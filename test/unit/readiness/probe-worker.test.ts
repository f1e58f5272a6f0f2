import { expect, test } from "vitest";
import { changes } from "../../../lib/readiness/changes.ts";
import { workProbe } from "../../../lib/readiness/probe-worker.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { failed } from "../../support/outcomes.ts";
import { seededRandom } from "../../support/seeded-random.ts";

test("waits are shortened by chance, by the share that the jitter allows and no more", async () => {
  const clock = fakeClock(0);
  const stop = new AbortController();
  const at: number[] = [];
  void workProbe(
    {
      attempt: async () => (at.push(clock.now()), failed()),
      report: () => ({ passing: false }),
      cadence: { initialMs: 100, maxMs: 1000, multiplier: 1.5, jitter: 0.2 },
      news: changes(),
      askNow: changes(),
      clock,
      random: seededRandom(7),
    },
    stop.signal,
  );
  await clock.advance(60_000);
  stop.abort();
  await clock.advance(60_000);
  const waits = at.slice(1).map((ms, i) => ms - (at[i] ?? 0));
  waits.forEach((wait, n) => {
    const full = Math.min(100 * 1.5 ** n, 1000);
    expect(wait).toBeGreaterThan(full * 0.8 - 0.001);
    expect(wait).toBeLessThanOrEqual(full + 0.001);
  });
  expect(new Set(waits.slice(10)).size).toBeGreaterThan(10);
  expect(at.at(-1)).toBeLessThanOrEqual(60_000);
  expect(clock.sleeping()).toBe(0);
});

test.for([
  { takesMs: 0, restMs: 0 },
  { takesMs: 60, restMs: 60 },
  { takesMs: 5000, restMs: 100 },
])("an attempt that takes $takesMs ms is followed by $restMs ms of rest", async ({ takesMs, restMs }) => {
  const clock = fakeClock(0);
  const stop = new AbortController();
  const at: number[] = [];
  void workProbe(
    {
      attempt: async (signal) => {
        at.push(clock.now());
        if (takesMs > 0) await clock.sleep(takesMs, signal);
        return failed();
      },
      report: () => ({ passing: false }),
      cadence: { initialMs: 25, maxMs: 25, multiplier: 1, jitter: 0 },
      ...{ news: changes(), askNow: changes(), clock, random: seededRandom(7) },
    },
    stop.signal,
  );
  await clock.advance(11_000);
  stop.abort();
  await clock.advance(11_000);
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBe(takesMs + restMs + 25);
  expect((at[2] ?? 0) - (at[1] ?? 0)).toBe(takesMs + restMs + 25);
});

test("waits that the time of the start keeps short grow from there, as if they had not been shorter", async () => {
  const clock = fakeClock(0);
  const stop = new AbortController();
  const at: number[] = [];
  void workProbe(
    {
      attempt: async () => (at.push(clock.now()), failed()),
      report: () => ({ passing: false }),
      cadence: { initialMs: 25, maxMs: 1000, multiplier: 1.05, jitter: 0 },
      longestWaitMs: () =>
        clock.now() < 3000 || (clock.now() > 9000 && clock.now() < 10_000) ? 25 : Infinity,
      ...{ news: changes(), askNow: changes(), clock, random: seededRandom(7) },
    },
    stop.signal,
  );
  await clock.advance(20_000);
  stop.abort();
  await clock.advance(1000);
  const waitAfter = (ms: number) => {
    const next = at.findIndex((one) => one > ms);
    return (at[next] ?? 0) - (at[next - 1] ?? 0);
  };
  expect([waitAfter(100), waitAfter(2900)]).toEqual([25, 25]);
  // As long after three seconds as it would be without them.
  expect(waitAfter(3010)).toBe(175);
  expect(waitAfter(8000)).toBeGreaterThan(370);
  expect(waitAfter(9600)).toBe(25);
  expect(waitAfter(15_000)).toBeGreaterThan(700);
});

import { describe, expect, test } from "vitest";
import { durationMs } from "../../../lib/core/duration.ts";
import { percentile } from "../../../lib/core/percentile.ts";
import type { SlowBound } from "../../../lib/model/supervision.ts";
import type { SlownessRecord } from "../../../lib/supervision/slowness.ts";
import { noteLatency, slownessOf } from "../../../lib/supervision/slowness.ts";
import { seededRandom } from "../../support/seeded-random.ts";

const bound: SlowBound = { window: "10m", baseline: "4h", factor: 3 };
const [windowMs, baselineMs] = [durationMs(bound.window), durationMs(bound.baseline)];
const slotMs = windowMs / 6;
const intervalMs = 15_000;
const hourMs = 3_600_000;
const seeds = [1, 2, 3, 4, 5, 6, 7, 8];

/** A probe whose attempts are noted as time passes. */
function probe(of: SlowBound = bound, everyMs = intervalMs) {
  let record: SlownessRecord | undefined;
  let nowMs = 1_000_000_000;
  const attempts: { readonly atMs: number; readonly tookMs: number }[] = [];
  const note = (tookMs: number) => {
    attempts.push({ atMs: nowMs, tookMs });
    record = noteLatency(record, tookMs, nowMs, of);
    return slownessOf(record, of, nowMs);
  };
  return {
    attempts,
    record: () => record,
    now: () => nowMs,
    note,
    pass: (ms: number) => void (nowMs += ms),
    slowness: (other = of) => slownessOf(record, other, nowMs),
    /** Notes attempts at the interval for so long, and gives what was found after each. */
    during: (ms: number, took: () => number) =>
      Array.from({ length: Math.floor(ms / everyMs) }, () => {
        nowMs += everyMs;
        return note(took());
      }),
  };
}

/** Latencies around a median, as servers have them: many near it, a few far above. */
const around = (medianMs: number, spread: number, random: () => number) => () =>
  medianMs * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
/** Latencies from one to 1.5 times that. */
const within = (leastMs: number, random: () => number) => () => leastMs * (1 + random() / 2);

describe("what is slow", () => {
  test.for(seeds)("a probe whose latencies stay what they are is never slow (seed %i)", (seed) => {
    const random = seededRandom(seed);
    const web = probe({ ...bound, factor: 1.7 });
    const found = web.during(12 * hourMs, within(1 + random() * 500, random));
    expect(found.every((one) => one === undefined)).toBe(true);
  });

  test.for(seeds)(
    "one that takes more than the factor is, within a tenth of the window (seed %i)",
    (seed) => {
      const random = seededRandom(seed);
      const web = probe();
      const usualMs = 20 + random() * 200;
      expect(web.during(5 * hourMs, () => usualMs).every((one) => one === undefined)).toBe(true);
      const times = 3.5 + random() * 20;
      const found = web.during(windowMs, () => usualMs * times);
      const first = found.findIndex((one) => one !== undefined);
      expect(first).toBeGreaterThanOrEqual(1);
      expect(first).toBeLessThanOrEqual(Math.ceil(windowMs / 10 / intervalMs));
      expect(found.slice(first).every((one) => one !== undefined)).toBe(true);
      const { p95Ms = 0, baselineMs: before = 0, factor = 0 } = found.at(-1) ?? {};
      expect(p95Ms / (usualMs * times)).toBeCloseTo(1, 1);
      expect(before / usualMs).toBeCloseTo(1, 1);
      expect(factor / times).toBeGreaterThan(0.9);
      expect(factor / times).toBeLessThan(1.1);
    },
  );

  test.for(seeds)("the percentiles are those of the attempts, to 4.5 per cent (seed %i)", (seed) => {
    const random = seededRandom(seed);
    const web = probe({ ...bound, factor: 2 });
    const medianMs = 15 + random() * 100;
    web.during((1 + random() * 3) * hourMs, around(medianMs, 0.2, random));
    web.pass(random() * intervalMs);
    const slower = around(medianMs * (4 + random() * 4), 0.2, random);
    let found = web.slowness();
    while (found === undefined) [found] = web.during(intervalMs, slower);
    const windowFromMs = Math.floor((web.now() - windowMs) / slotMs) * slotMs;
    const of = (isOf: (atMs: number) => boolean) =>
      percentile(
        web.attempts.filter(({ atMs }) => isOf(atMs)).map(({ tookMs }) => tookMs),
        95,
      );
    const exact = [of((atMs) => atMs >= windowFromMs), of((atMs) => atMs < windowFromMs)];
    for (const [i, ms] of [found.p95Ms, found.baselineMs].entries()) {
      // Half a millisecond is what rounding takes.
      expect(Math.abs(ms - (exact[i] ?? 0))).toBeLessThanOrEqual(0.045 * (exact[i] ?? 0) + 0.5);
    }
  });

  test("nothing is said of fewer than 20 attempts in the window, or of fewer than 60 before it", () => {
    const young = probe();
    young.during(60 * intervalMs, () => 20);
    young.pass(windowMs + slotMs);
    for (let i = 1; i < 20; i++) expect(young.note(200)).toBeUndefined();
    expect(young.note(200)).toEqual({ p95Ms: 206, baselineMs: 20, factor: 10.4 });

    const younger = probe();
    younger.during(59 * intervalMs, () => 20);
    younger.pass(windowMs + slotMs);
    for (let i = 0; i < 40; i++) expect(younger.note(200)).toBeUndefined();
  });

  test("below 10 ms nothing is slow, however fast it was", () => {
    const web = probe();
    web.during(hourMs, () => 0.2);
    expect(web.during(windowMs, () => 9).every((one) => one === undefined)).toBe(true);
    expect(web.during(windowMs, () => 12).at(-1)).toMatchObject({ baselineMs: 1 });
  });

  test("one attempt in 30 may take as long as it likes", () => {
    const web = probe();
    let n = 0;
    const found = web.during(6 * hourMs, () => (++n % 30 === 0 ? 5000 : 20));
    expect(found.every((one) => one === undefined)).toBe(true);
  });
});

describe("what is not slow any more", () => {
  test("what is between 2.6 and 3 times the baseline stays what it was", () => {
    const [fast, slow] = [probe(), probe()];
    for (const web of [fast, slow]) web.during(2 * hourMs, () => 100);
    expect(slow.during(windowMs, () => 400).at(-1)).toBeDefined();
    const [ofFast, ofSlow] = [fast, slow].map((web) => web.during(hourMs, () => 280));
    expect(ofFast?.every((one) => one === undefined)).toBe(true);
    expect(ofSlow?.every((one) => one !== undefined)).toBe(true);
    expect(slow.during(2 * windowMs, () => 240).at(-1)).toBeUndefined();
    // It has to exceed the factor again.
    expect(slow.during(hourMs, () => 280).every((one) => one === undefined)).toBe(true);
  });

  test.for(seeds)("what is fast again is not slow any more within a window and a slot (seed %i)", (seed) => {
    const random = seededRandom(seed);
    const web = probe();
    const usual = within(30, random);
    web.during(2 * hourMs, usual);
    expect(web.during(random() * hourMs + windowMs, within(200, random)).at(-1)).toBeDefined();
    const found = web.during(windowMs + slotMs + intervalMs, usual);
    const over = found.findIndex((one) => one === undefined);
    expect(over).toBeGreaterThan(found.length / 2);
    expect(found.slice(over).every((one) => one === undefined)).toBe(true);
    // What it was like while it was slow is not what it is compared with.
    web.during(hourMs, usual);
    expect(web.during(windowMs, within(200, random)).at(-1)?.baselineMs).toBeLessThan(50);
  });

  test("what lasts is over when the baseline has forgotten what was before, and is what is usual then", () => {
    const web = probe();
    web.during(baselineMs, () => 50);
    const found = web.during(2 * baselineMs, () => 500);
    const first = found.findIndex((one) => one !== undefined);
    const over = found.findIndex((one, i) => i > first && one === undefined);
    expect(over * intervalMs).toBeGreaterThan(baselineMs * 0.9);
    expect(over * intervalMs).toBeLessThan(baselineMs * 1.1);
    expect(found.slice(over).every((one) => one === undefined)).toBe(true);
    expect(web.during(windowMs, () => 2000).at(-1)).toMatchObject({ baselineMs: 490 });
  });

  test("nothing is said when there were no attempts for a while, and the baseline is remembered", () => {
    const web = probe();
    web.during(2 * hourMs, () => 50);
    web.during(windowMs, () => 500);
    web.pass(hourMs);
    expect(web.slowness()).toBeUndefined();
    expect(web.during(windowMs, () => 500).at(-1)).toMatchObject({ baselineMs: 52 });
    web.pass(2 * baselineMs);
    expect(web.during(windowMs, () => 500).every((one) => one === undefined)).toBe(true);
  });
});

describe("the record", () => {
  test("another factor judges what is known; another window or baseline begins again", () => {
    const web = probe();
    web.during(2 * hourMs, () => 50);
    web.during(windowMs, () => 120);
    expect(web.slowness()).toBeUndefined();
    expect(web.slowness({ ...bound, factor: 2 })).toBeDefined();
    expect(web.slowness({ ...bound, factor: 2, window: "9m" })).toBeUndefined();
    const other = noteLatency(web.record(), 120, web.now(), { ...bound, baseline: "3h" });
    expect(other).toMatchObject({ baseline: "3h", earlier: [], recent: [{ counts: [1] }], slow: false });
  });

  test("is plain JSON, and goes on from it", () => {
    const web = probe();
    web.during(2 * hourMs, () => 50);
    web.during(windowMs, () => 500);
    const kept = JSON.parse(JSON.stringify(web.record())) as SlownessRecord;
    expect(kept).toEqual(web.record());
    expect(slownessOf(kept, bound, web.now())).toEqual(web.slowness());
  });

  test("forgets what a clock that was set back has put into the future", () => {
    const web = probe();
    web.during(2 * hourMs, () => 500);
    web.pass(-10 * hourMs);
    web.during(2 * hourMs, () => 50);
    expect(web.during(windowMs, () => 250).at(-1)).toMatchObject({ baselineMs: 52 });
    web.pass(-2 * slotMs);
    for (let i = 0; i < 50; i++) web.note(250);
    expect(web.record()?.recent.length).toBeLessThanOrEqual(7);
  });

  test("is not changed by being judged, and noting does not change the one before", () => {
    const web = probe();
    web.during(hourMs, () => 50);
    const before = web.record();
    const text = JSON.stringify(before);
    web.during(hourMs, () => 500);
    expect(JSON.stringify(before)).toBe(text);
  });

  test.for([1, 2, 3, 4])(
    "stays small, whatever the latencies, the times and the bound are (seed %i)",
    (seed) => {
      const random = seededRandom(seed);
      const of: SlowBound = seed % 2 === 0 ? { window: "1h", baseline: "168h", factor: 1000 } : bound;
      const web = probe(of, 1000);
      let most = 0;
      for (let i = 0; i < 15; i++) {
        web.during(250_000, () => Math.exp(random() * 20));
        web.pass(random() * durationMs(of.baseline) * 0.05);
        const { recent = [], earlier = [] } = web.record() ?? {};
        expect(recent.length + earlier.length).toBeLessThanOrEqual(20);
        for (const { counts } of [...recent, ...earlier]) expect(counts.length).toBeLessThanOrEqual(160);
        most = Math.max(most, JSON.stringify(web.record()).length);
      }
      expect(most).toBeLessThan(20_000);
    },
  );

  test.for(seeds)("of a usual probe takes 2 KB (seed %i)", (seed) => {
    const random = seededRandom(seed);
    const day = probe({ ...bound, baseline: "24h" });
    day.during(25 * hourMs, around(80, 0.25, random));
    expect(JSON.stringify(day.record()).length).toBeLessThan(2500);
  });
});

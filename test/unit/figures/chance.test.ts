import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { atMost, atMostOf, eventsFor, isSurelyBelow, periodsFor } from "../../../lib/figures/chance.ts";
import { meanVerdict, rateVerdict, shareVerdict } from "../../../lib/figures/verdicts.ts";

describe("probabilities", () => {
  test("are those of the textbooks", () => {
    // 0.5^10 (1 + 10 + 45), and e^-3 (1 + 3).
    expect(atMost(2, 10, 0.5)).toBeCloseTo(56 / 1024, 12);
    expect(atMostOf(1, 3)).toBeCloseTo(4 * Math.exp(-3), 12);
    expect(atMost(10, 10, 0.3)).toBe(1);
    expect(atMostOf(0, 0)).toBe(1);
    expect(atMost(-1, 10, 0.5)).toBe(0);
  });

  test("of many events neither vanish nor overflow", () => {
    expect(atMost(10_000, 50_000, 0.2)).toBeCloseTo(0.5, 1);
    expect(atMostOf(2000, 2000)).toBeCloseTo(0.5, 1);
  });
});

describe("how many events it takes", () => {
  test("is what docs/figures.md says", () => {
    expect([0, 1, 2].map((bad) => eventsFor(bad, 0.005))).toEqual([598, 947, 1258]);
    expect(eventsFor(0, 1 - 0.9)).toBe(29);
    expect(eventsFor(0, 0.5)).toBe(5);
    expect(periodsFor(0)).toBeCloseTo(-Math.log(0.05), 6);
    // As calibrate has it: 1 − 0.95^59.
    expect(eventsFor(0, 0.05)).toBe(59);
  });

  test("is the least number that does", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.constantFrom(0.005, 0.1, 0.2, 0.5), (bad, share) => {
        const least = eventsFor(bad, share);
        expect(isSurelyBelow(bad, least, share)).toBe(true);
        expect(isSurelyBelow(bad, least - 1, share)).toBe(false);
      }),
    );
  });
});

describe("a share of events", () => {
  test.each([
    [0, 2, "tooFew"],
    [0, 597, "tooFew"],
    [0, 598, "met"],
    [1, 598, "tooFew"],
    [1, 947, "met"],
    [4, 598, "missed"],
    [1, 2, "missed"],
    [1, 10, "missed"],
    [1, 11, "tooFew"],
    [0, 0, "tooFew"],
  ] as const)("of which %i of %i are bad, where 0.5 %% may be, is %s", (bad, total, verdict) => {
    expect(shareVerdict(bad, total, 0.005).verdict).toBe(verdict);
  });

  test("is not met and missed by more bad ones, nor met by fewer events", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 3000 }), (bad, good) => {
        const order = { met: 0, tooFew: 1, missed: 2 };
        const of = (b: number, n: number) => order[shareVerdict(b, n, 0.005).verdict];
        expect(of(bad + 1, bad + good + 1)).toBeGreaterThanOrEqual(of(bad, bad + good));
        if (of(bad, bad + good) === 1) expect(of(bad, bad + good + 4000)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test("says met where it does not hold in at most 5 of 100", () => {
    // Each stack has exactly as many bad ones as the target forbids: whoever says met is wrong.
    const probabilityOfMet = (total: number) => {
      let bad = 0;
      while (shareVerdict(bad, total, 0.1).verdict === "met") bad++;
      return bad === 0 ? 0 : atMost(bad - 1, total, 0.1);
    };
    for (let total = 1; total < 400; total += 7) expect(probabilityOfMet(total)).toBeLessThanOrEqual(0.05);
  });
});

test.each([
  [0, 1, "tooFew"],
  [0, 2.99, "tooFew"],
  [0, 3, "met"],
  [1, 4.8, "met"],
  [2, 1, "tooFew"],
  [4, 1, "missed"],
  [4, 3.5, "missed"],
  [0, 0, "tooFew"],
] as const)(
  "%i events in %d periods, where less than one a period is wanted, are %s",
  (count, periods, verdict) => {
    expect(rateVerdict(count, periods).verdict).toBe(verdict);
  },
);

test.each([
  [[], "tooFew"],
  [[10, 10, 10, 10], "tooFew"],
  [[10, 10, 10, 10, 10], "met"],
  [[10, 10, 10, 10, 120], "tooFew"],
  [[10, 10, 10, 10, 10, 10, 10, 120], "met"],
  [[10, 10, 10, 10, 900], "missed"],
  [[900, 900], "tooFew"],
] as const)("of %j the mean is to be below 100: %s", (values, verdict) => {
  expect(meanVerdict(values, 100).verdict).toBe(verdict);
});

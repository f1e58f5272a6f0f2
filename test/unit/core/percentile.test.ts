import fc from "fast-check";
import { expect, test } from "vitest";
import { percentile } from "../../../lib/core/percentile.ts";

test.each([
  [[15, 20, 35, 40, 50], 30, 20],
  [[15, 20, 35, 40, 50], 40, 20],
  [[15, 20, 35, 40, 50], 50, 35],
  [[15, 20, 35, 40, 50], 100, 50],
  [[50, 15, 40], 1, 15],
  [[7], 99, 7],
])("of %j, %i per cent is %i", (values, percent, expected) => {
  expect(percentile(values, percent)).toBe(expected);
});

test("of 100 values the 99th is the second longest, of 99 it is the longest", () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  expect(percentile(values, 99)).toBe(99);
  expect(percentile(values.slice(1), 99)).toBe(100);
});

test("of none is no number", () => {
  expect(percentile([], 50)).toBeNaN();
});

test("is one of the values, the smallest that so many do not exceed, whatever their order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1, maxLength: 300 }),
      fc.integer({ min: 1, max: 100 }),
      (values, percent) => {
        const found = percentile(values, percent);
        const upTo = (bound: number) => values.filter((value) => value <= bound).length * 100;
        expect(values).toContain(found);
        expect(upTo(found)).toBeGreaterThanOrEqual(values.length * percent);
        const smaller = values.filter((value) => value < found);
        if (smaller.length > 0) expect(upTo(Math.max(...smaller))).toBeLessThan(values.length * percent);
        expect(percentile(values.toReversed(), percent)).toBe(found);
      },
    ),
    { seed: 7 },
  );
});

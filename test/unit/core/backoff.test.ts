import fc from "fast-check";
import { expect, test } from "vitest";
import { backoffMs } from "../../../lib/core/backoff.ts";
import { seededRandom } from "../../support/seeded-random.ts";

const steady = { initialMs: 100, multiplier: 2, maxMs: 1000, jitter: 0 };

test("without jitter, waits grow by the multiplier up to the longest", () => {
  const waits = [0, 1, 2, 3, 4, 5, 60].map((n) => backoffMs(steady, n, seededRandom(1)));
  expect(waits).toEqual([100, 200, 400, 800, 1000, 1000, 1000]);
});

test("a number of tries that overflows the power still gives the longest wait", () => {
  expect(backoffMs(steady, 5000, seededRandom(1))).toBe(1000);
});

test("the same seed gives the same waits, another seed others", () => {
  const waits = (seed: number) => {
    const random = seededRandom(seed);
    return [0, 1, 2, 3].map((n) => backoffMs({ ...steady, jitter: 0.5 }, n, random));
  };
  expect(waits(7)).toEqual(waits(7));
  expect(waits(7)).not.toEqual(waits(8));
});

test("jitter only ever shortens a wait, and by its share at most", () => {
  fc.assert(
    fc.property(
      fc.nat(20),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 1000 }),
      (n, jitter, seed) => {
        const full = backoffMs(steady, n, seededRandom(seed));
        const wait = backoffMs({ ...steady, jitter }, n, seededRandom(seed));
        expect(wait).toBeLessThanOrEqual(full);
        expect(wait).toBeGreaterThanOrEqual(full * (1 - jitter) - 1e-9);
      },
    ),
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { percentile } from "../../../lib/core/percentile.ts";
import { judgeLatency } from "../../../lib/probe/latency.ts";

test.each([
  [[7], 7],
  [[1, 2], 2],
  [Array.from({ length: 20 }, (_, i) => 20 - i), 19],
  [Array.from({ length: 100 }, (_, i) => i + 1), 95],
])("the 95th percentile of %j is %d", (values, p95) => {
  expect(percentile(values, 95)).toBe(p95);
});

test("at least 95 of 100 values do not exceed it, and it is one of them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 300 }),
      (values) => {
        const p95 = percentile(values, 95);
        expect(values).toContain(p95);
        expect(values.filter((value) => value <= p95).length).toBeGreaterThanOrEqual(values.length * 0.95);
      },
    ),
  );
});

/** A clock under which request number n takes n + 1 ms. */
function risingClock() {
  const times = Array.from({ length: 20 }, (_, n) => [n * 1000, n * 1000 + n + 1]).flat();
  return () => times.shift() ?? Number.NaN;
}

test("a measurement over the bound says both numbers", async () => {
  const steps: string[] = [];
  const context = { step: (name: string) => void steps.push(name) };
  const finding = await judgeLatency(
    { under: "19ms", samples: 20 },
    "redis:6379",
    context,
    () => Promise.resolve(),
    risingClock(),
  );
  expect(finding).toEqual({
    passed: false,
    measured: { p95Ms: 19, samples: 20 },
    cause: {
      code: "slow",
      text: "the 95th percentile of 20 requests to redis:6379 is 19.00ms, expected under 19ms",
      permanent: false,
    },
  });
  expect(steps[0]).toBe("measuring, with 0 of 20 requests answered");
  expect(steps).toHaveLength(20);
});

test("a measurement under the bound passes, and is reported as well", async () => {
  const finding = await judgeLatency(
    { under: "20ms", samples: 20 },
    "redis:6379",
    { step: () => {} },
    () => Promise.resolve(),
    risingClock(),
  );
  expect(finding).toEqual({ passed: true, measured: { p95Ms: 19, samples: 20 } });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { percentile } from "../../../lib/core/percentile.ts";
import {
  digestError,
  digestOf,
  digestPercentile,
  merged,
  noLatencies,
  packDigest,
  unpackDigest,
} from "../../../lib/history/latency-digest.ts";
import { packAttempts, unpackAttempts } from "../../../lib/history/packed-attempts.ts";

const latency = fc.oneof(
  fc.integer({ min: 0, max: 200 }),
  fc.integer({ min: 0, max: 168 * 3_600_000 }),
  fc.double({ min: 0, max: 5000, noNaN: true }),
);
const percent = fc.integer({ min: 1, max: 100 });

/** As far as a digest may be off: half a bucket, and the width of the first one. */
function expectClose(found: number, exact: number): void {
  expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * digestError * 1.0001 + 0.1);
}

describe("a digest of latencies", () => {
  test("has every percentile of what it was made from, within its error", () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), percent, (latencies, at) =>
        expectClose(digestPercentile(digestOf(latencies), at), percentile(latencies, at)),
      ),
    );
  });

  test("that is merged from any parts is that of all", () => {
    fc.assert(
      fc.property(fc.array(fc.array(latency, { maxLength: 60 }), { maxLength: 8 }), percent, (parts, at) => {
        const whole = merged(parts.map(digestOf));
        expect([...whole].sort()).toEqual([...digestOf(parts.flat())].sort());
        if (parts.flat().length > 0) expectClose(digestPercentile(whole, at), percentile(parts.flat(), at));
      }),
    );
  });

  test("is unpacked as it was packed, also with large counts", () => {
    const bucket = fc.integer({ min: 0, max: 255 });
    const count = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 ** 40 }));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(bucket, count), { selector: ([one]) => one }), (pairs) => {
        expect(unpackDigest(packDigest(new Map(pairs)))).toEqual(new Map(pairs));
      }),
    );
  });

  test("of few latencies takes few bytes, and of none says nothing", () => {
    expect(packDigest(digestOf([12, 12, 13, 900]))).toHaveLength(6);
    expect(digestPercentile(noLatencies, 50)).toBeNaN();
    expect(packDigest(noLatencies)).toHaveLength(0);
  });
});

test("attempts are unpacked as they were packed, what takes longer than a number holds excepted", () => {
  const attempt = fc.record({
    status: fc.constantFrom("passed", "failed", "unknown"),
    tookMs: fc.integer({ min: 0, max: 168 * 3_600_000 }),
    atMs: fc.integer({ min: 0, max: 59_999 }).map((ms) => 60_000 * 29_000_000 + ms),
  });
  fc.assert(
    fc.property(fc.array(attempt), (attempts) => {
      expect(unpackAttempts(packAttempts(attempts), 60_000 * 29_000_000)).toEqual(attempts);
    }),
  );
  const [long] = unpackAttempts(packAttempts([{ status: "failed", tookMs: 2 ** 40, atMs: 1 }]), 0);
  expect(long?.tookMs).toBe(2 ** 32 - 1);
});

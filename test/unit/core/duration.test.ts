import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Duration } from "../../../lib/core/duration.ts";
import {
  describeLongMs,
  describeMs,
  durationMs,
  durationOrZero,
  durationSchema,
  isDuration,
  positiveDuration,
  toDuration,
} from "../../../lib/core/duration.ts";

describe("durationMs", () => {
  test.each<[Duration, number]>([
    ["0s", 0],
    ["100ms", 100],
    ["1.5s", 1500],
    ["3m", 180_000],
    ["1h", 3_600_000],
  ])("%s is %d ms", (duration, ms) => {
    expect(durationMs(duration)).toBe(ms);
  });

  test("refuses a text that is no duration", () => {
    expect(() => durationMs("soon" as Duration)).toThrow(new RangeError('"soon" is not a duration'));
  });
});

test.each(["", "5", "s", "-1s", "1 s", "1S", "1e3ms", "1s ", "1d", ".5s", "1.s", "1s500ms"])(
  "%j is not a duration",
  (text) => {
    expect(isDuration(text)).toBe(false);
  },
);

describe("toDuration", () => {
  test.each([
    [0, "0ms"],
    [250, "250ms"],
    [999.6, "1s"],
    [1000, "1s"],
    [1500, "1.5s"],
    [1234, "1234ms"],
    [270_000, "270s"],
    [180_000 * 1.1, "198s"],
  ])("%d ms is %s", (ms, text) => {
    expect(toDuration(ms)).toBe(text);
  });

  test("gives back what durationMs makes of it, for whole milliseconds", () => {
    expect(durationMs("4145.1s")).toBe(4_145_100);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (ms) => {
        expect(durationMs(toDuration(ms))).toBe(ms);
      }),
    );
  });
});

test.each([
  [0.4, "0ms"],
  [41.2, "41ms"],
  [999, "999ms"],
  [2345, "2.3s"],
  [119_999, "120.0s"],
  [120_000, "2m0s"],
  [270_400, "4m30s"],
])("%d ms reads %s", (ms, text) => {
  expect(describeMs(ms)).toBe(text);
});

test("the schema says what a duration looks like", () => {
  expect(durationSchema.safeParse("15s").success).toBe(true);
  const { error } = durationSchema.safeParse("15");
  expect(error?.issues.map((issue) => issue.message)).toEqual([
    'must be a duration such as "500ms", "15s" or "3m"',
  ]);
  expect(durationSchema.safeParse(15).success).toBe(false);
});

test("what people may write is bounded, and a text that is out of range or none is quoted", () => {
  const messageOf = (schema: typeof positiveDuration, value: unknown) =>
    schema.safeParse(value).error?.issues[0]?.message;
  expect(messageOf(positiveDuration, "1ms")).toBeUndefined();
  expect(messageOf(positiveDuration, "168h")).toBeUndefined();
  expect(messageOf(durationOrZero, "0s")).toBeUndefined();
  expect(messageOf(positiveDuration, "0.5ms")).toBe('"0.5ms" is out of range: it must be from 1ms to 168h');
  expect(messageOf(durationOrZero, "169h")).toBe('"169h" is out of range: it must be from 0s to 168h');
  expect(messageOf(positiveDuration, "5 s")).toBe('"5 s" is not a duration such as "500ms", "15s" or "3m"');
  expect(messageOf(positiveDuration, "9".repeat(400) + "h")).toMatch(/^"9{57}\.\.\." is out of range/);
  expect(messageOf(positiveDuration, 5)).toBe('must be a duration such as "500ms", "15s" or "3m"');
});

test.each([
  [2300, "2.3s"],
  [59 * 60_000 + 59_000, "59m59s"],
  [3_600_000, "1h 0m"],
  [24 * 3_600_000 - 1, "23h 59m"],
  [29 * 24 * 3_600_000 + 4.5 * 3_600_000, "29d 4h"],
])("%i ms are %s where it may be days", (ms, text) => {
  expect(describeLongMs(ms)).toBe(text);
});

import { describe, expect, test } from "vitest";
import type { PaceCircumstances } from "../../../lib/readiness/start-pace.ts";
import { connectEveryMs, longestWaitMs, readinessWindow } from "../../../lib/readiness/start-pace.ts";

const begun: PaceCircumstances = {
  ...{
    initialMs: 25,
    steadyMs: 3000,
    probedForMs: 500,
    ranForMs: 600,
    window: undefined,
    waiting: 1,
    tookMs: 4,
  },
};
const later = { ...begun, probedForMs: 9000, ranForMs: 9100 };

describe("the longest wait between two attempts of a start", () => {
  test("is the one that the cadence begins with for as long as it is to stay so, and after that as it has grown", () => {
    expect(longestWaitMs(begun)).toBe(25);
    expect(longestWaitMs({ ...begun, probedForMs: 2999 })).toBe(25);
    expect(longestWaitMs({ ...begun, probedForMs: 3000 })).toBe(Infinity);
  });

  test("is that again when earlier starts have become ready", () => {
    const window = { fromMs: 9000, untilMs: 9500 };
    expect(longestWaitMs({ ...later, window })).toBe(25);
    expect(longestWaitMs({ ...later, window, ranForMs: 8999 })).toBe(Infinity);
    expect(longestWaitMs({ ...later, window, ranForMs: 9501 })).toBe(Infinity);
    expect(longestWaitMs({ ...later, window, ranForMs: undefined })).toBe(Infinity);
  });

  test("is longer the more probes wait, and after an attempt that took long", () => {
    expect(longestWaitMs({ ...begun, waiting: 10 })).toBe(130);
    expect(longestWaitMs({ ...begun, tookMs: 60 })).toBe(180);
  });
});

test("a cadence that is not to stay as it begins decides alone", () => {
  const window = { fromMs: 0, untilMs: 60_000 };
  expect(longestWaitMs({ ...begun, steadyMs: 0, probedForMs: 0, window })).toBe(Infinity);
});

describe("when a service is likely to be ready", () => {
  test("is not known before it has been", () => {
    expect(readinessWindow([])).toBeUndefined();
  });

  test("is between its quickest and its slowest start, and a little around them", () => {
    expect(readinessWindow([8000])).toEqual({ fromMs: 7500, untilMs: 8500 });
    expect(readinessWindow([8400, 8000, 8100])).toEqual({ fromMs: 7495, untilMs: 8905 });
  });

  test("is around the usual one where they differ a lot", () => {
    expect(readinessWindow([2000, 60_000, 20_000])).toEqual({ fromMs: 18_500, untilMs: 21_500 });
  });
});

test("a port that refuses is tried every 10 ms, less often the more are, and the longer that has lasted", () => {
  expect(connectEveryMs(0, 1)).toBe(10);
  expect(connectEveryMs(0, 30)).toBe(60);
  expect(connectEveryMs(60_000, 1)).toBe(300);
});

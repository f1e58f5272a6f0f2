import { expect, test } from "vitest";
import { deadlineMs } from "../../../lib/readiness/deadline.ts";
import { transition } from "../../../lib/readiness/readiness-state.ts";

test("an illegal transition throws", () => {
  const starting = { state: "starting", deadlineMs: 1 } as const;
  expect(transition({ state: "pending" }, starting)).toEqual(starting);
  expect(() =>
    transition({ state: "pending" }, { state: "ready", readyMs: 1, startedMs: 0, countedFromMs: 0 }),
  ).toThrow("a service that is pending cannot become ready");
  expect(() =>
    transition({ state: "stopped" }, { state: "ready", readyMs: 1, startedMs: 0, countedFromMs: 0 }),
  ).toThrow("a service that is stopped cannot become ready");
});

test("the deadline is the start plus the budget, or a whole budget from now when that has passed", () => {
  expect(deadlineMs(1000, 500, 1200)).toBe(1500);
  expect(deadlineMs(1000, 500, 1500)).toBe(2000);
  expect(deadlineMs(undefined, 500, 1200)).toBe(1700);
});

import { expect, test } from "vitest";
import { deadlineMs } from "../../../lib/readiness/deadline.ts";

test("the deadline is the start plus the budget, or a whole budget from now when that has passed", () => {
  expect(deadlineMs(1000, 500, 1200)).toBe(1500);
  expect(deadlineMs(1000, 500, 1500)).toBe(2000);
  expect(deadlineMs(undefined, 500, 1200)).toBe(1700);
});

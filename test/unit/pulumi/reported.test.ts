import { expect, test } from "vitest";
import { withoutStackTraces } from "../../../lib/pulumi/reported.ts";

test("stack traces are back once the resources are registered", () => {
  const before = Error.stackTraceLimit;
  expect(before).toBeGreaterThan(0);
  expect(withoutStackTraces(() => new Error("a promise").stack)).toBe("Error: a promise");
  expect(() =>
    withoutStackTraces(() => {
      throw new TypeError("a mistake");
    }),
  ).toThrow("a mistake");
  expect(Error.stackTraceLimit).toBe(before);
});

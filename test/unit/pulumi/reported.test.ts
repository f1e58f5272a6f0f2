import { expect, test } from "vitest";
import { withoutStackTraces } from "../../../lib/pulumi/reported.ts";

test("stack traces are back once the resources are registered", () => {
  const before = Error.stackTraceLimit;
  const prepare = Error.prepareStackTrace;
  expect(before).toBeGreaterThan(0);
  expect(withoutStackTraces(() => new Error("a promise").stack)).toBe("Error: a promise");
  expect(() =>
    withoutStackTraces(() => {
      throw new TypeError("a mistake");
    }),
  ).toThrow("a mistake");
  expect(Error.stackTraceLimit).toBe(before);
  expect(Error.prepareStackTrace).toBe(prepare);
});

test("a resource's trace, for which Pulumi lifts the limit, is empty", () => {
  const lifted = () => {
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    try {
      return new Error().stack;
    } finally {
      Error.stackTraceLimit = 0;
    }
  };
  expect(withoutStackTraces(lifted)).toBe("Error");
});

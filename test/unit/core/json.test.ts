import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../../lib/core/json.ts";
import { jsonMismatch, jsonSchema } from "../../../lib/core/json.ts";

describe("jsonMismatch", () => {
  test.each<[unknown, Json, string | undefined]>([
    [{ ready: true, extra: 1 }, { ready: true }, undefined],
    [{ ready: false }, { ready: true }, "ready is false, expected true"],
    [{}, { ready: true }, "ready is missing"],
    [{ a: { b: 1 } }, { a: { b: "1" } }, 'a.b is 1, expected "1"'],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, "a[1].b is 2, expected 3"],
    [[1, 2], [1], "the body has 2 items, expected 1"],
    [{ list: "no" }, { list: [] }, 'list is "no", expected an array'],
    [[1], { a: 1 }, "the body is [1], expected an object"],
    [null, { a: 1 }, "the body is null, expected an object"],
    [{ a: null }, { a: null }, undefined],
    [{ a: undefined }, { a: null }, "a is undefined, expected null"],
    ["x".repeat(100), "y", `the body is "${"x".repeat(56)}..., expected "y"`],
    [{}, {}, undefined],
    [{ a: 1 }, {}, undefined],
  ])("%j against %j", (actual, expected, mismatch) => {
    expect(jsonMismatch(actual, expected)).toBe(mismatch);
  });

  test("a member that every object inherits does not count as there", () => {
    expect(jsonMismatch({}, { toString: "x" })).toBe("toString is missing");
    expect(jsonMismatch({}, JSON.parse('{"__proto__": {}}') as Json)).toBe("__proto__ is missing");
  });

  test("every value matches itself", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        expect(jsonMismatch(plain, plain)).toBeUndefined();
      }),
    );
  });
});

test("the schema takes what JSON can say, and nothing else", () => {
  expect(jsonSchema.safeParse({ a: [1, "b", null, true] }).success).toBe(true);
  expect(jsonSchema.safeParse({ a: () => 1 }).success).toBe(false);
});

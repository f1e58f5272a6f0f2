import { expect, test } from "vitest";
import { jsonDifferences } from "../../../lib/core/json-differences.ts";

test("names each place that differs, as deep as both have it", () => {
  expect(
    jsonDifferences(
      { a: { b: 1, c: "x" }, list: [1, 2], gone: true, same: null },
      { same: null, a: { c: "y", b: 1 }, list: [1, 3], fresh: { d: 1 } },
    ),
  ).toEqual([
    { path: "a.c", before: '"x"', after: '"y"' },
    { path: "list[1]", before: "2", after: "3" },
    { path: "gone", before: "true", after: undefined },
    { path: "fresh", before: undefined, after: '{"d":1}' },
  ]);
});

test("a list of another length, or another kind of value, differs as a whole", () => {
  expect(jsonDifferences({ status: [200] }, { status: [200, 204] })).toEqual([
    { path: "status", before: "[200]", after: "[200,204]" },
  ]);
  expect(jsonDifferences({ image: "a" }, { image: { bundle: "a" } })).toEqual([
    { path: "image", before: '"a"', after: '{"bundle":"a"}' },
  ]);
});

test("a member that is undefined is none", () => {
  expect(jsonDifferences({ a: undefined }, {})).toEqual([]);
});

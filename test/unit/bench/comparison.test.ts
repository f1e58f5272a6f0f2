import { describe, expect, test } from "vitest";
import type { ComparisonRow } from "../../../bench/comparison.ts";
import {
  comparisonTable,
  markdownTable,
  medianAtMost,
  p95AtMost,
  ratioAtMost,
  times,
} from "../../../bench/comparison.ts";

/** The cells of a table's lines, without its header. */
function rowsOf(rivals: readonly string[], rows: readonly ComparisonRow[]): readonly (readonly string[])[] {
  return comparisonTable(rivals, rows)
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe("a comparison", () => {
  test("has medians, 95th percentiles, the ratio of the medians, and what became of the aim", () => {
    const row = { title: "up", own: [1000, 2000, 9000], rivals: [[2500, 2500]] };
    expect(rowsOf(["compose"], [{ ...row, aim: ratioAtMost(0.8) }])).toEqual([
      ["up", "2.00 s (9.00 s)", "2.50 s (2.50 s)", "0.80", "ratio ≤ 0.80", "reached"],
    ]);
    expect(rowsOf(["compose"], [{ ...row, aim: ratioAtMost(0.79) }])[0]?.at(-1)).toBe("missed");
  });

  test("does not judge a ratio without a rival", () => {
    expect(rowsOf([], [{ title: "up", own: [1000], aim: ratioAtMost(0.8) }])).toEqual([
      ["up", "1.00 s (1.00 s)", "ratio ≤ 0.80", ""],
    ]);
  });

  test("judges medians and percentiles of phasegate alone", () => {
    const own = [50, 60, 90];
    const verdicts = [medianAtMost(60), medianAtMost(59), p95AtMost(90), p95AtMost(89)].map((aim) =>
      rowsOf([], [{ title: "lag", own, aim }])[0]?.at(-1),
    );
    expect(verdicts).toEqual(["reached", "missed", "reached", "missed"]);
  });

  test("leaves out what phasegate has no figures of, and empties the cells of a rival without", () => {
    const rows = rowsOf(
      ["one", "two"],
      [
        { title: "nothing", own: [] },
        { title: "factor", own: [1.5], rivals: [[], [3]], write: times },
      ],
    );
    expect(rows).toEqual([["factor", "1.50 (1.50)", "", "", "3.00 (3.00)", "0.50"]]);
  });
});

test("a table is aligned", () => {
  expect(
    markdownTable([
      ["", "b"],
      ["long", "c"],
    ]),
  ).toBe(["|      | b   |", "| ---- | --- |", "| long | c   |"].join("\n"));
});

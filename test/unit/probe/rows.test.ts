import { describe, expect, test } from "vitest";
import { judgeRows, rowLimit } from "../../../lib/probe/rows.ts";

const statement = "SELECT version_num FROM alembic_version";

describe("judgeRows", () => {
  test.each([
    [1, { atLeast: 1 }],
    [7, { atLeast: 1 }],
    [0, { atLeast: 0 }],
    [0, { atLeast: 0, atMost: 0 }],
    [3, { atLeast: 2, atMost: 3 }],
    [3, { atLeast: 2, atMost: undefined }],
  ])("%d rows pass %j", (count, expected) => {
    expect(judgeRows(count, expected, statement)).toEqual({ passed: true });
  });

  test.each([
    [0, { atLeast: 1 }, "0 rows from SELECT version_num FROM alembic_version, expected at least 1"],
    [1, { atLeast: 2, atMost: 2 }, "1 row from SELECT version_num FROM alembic_version, expected exactly 2"],
    [4, { atLeast: 0, atMost: 3 }, "4 rows from SELECT version_num FROM alembic_version, expected at most 3"],
    [4, { atLeast: 1, atMost: 3 }, "4 rows from SELECT version_num FROM alembic_version, expected 1 to 3"],
    [
      10_000,
      { atLeast: 1, atMost: 3 },
      "4 or more rows from SELECT version_num FROM alembic_version, expected 1 to 3",
    ],
  ])("%d rows do not pass %j", (count, expected, text) => {
    expect(judgeRows(count, expected, statement)).toEqual({
      passed: false,
      cause: { code: "rows", text, permanent: false },
    });
  });

  test("a long statement is cut", () => {
    const finding = judgeRows(0, { atLeast: 1 }, `SELECT\n  ${"x".repeat(100)}`);
    expect(finding).toMatchObject({
      cause: { text: `0 rows from SELECT ${"x".repeat(73)}..., expected at least 1` },
    });
  });
});

test("as many rows are asked for as decide the matter", () => {
  expect(rowLimit({ atLeast: 1 })).toBe(10_000);
  expect(rowLimit({ atLeast: 50_000 })).toBe(50_000);
  expect(rowLimit({ atLeast: 0, atMost: 20_000 })).toBe(20_001);
});

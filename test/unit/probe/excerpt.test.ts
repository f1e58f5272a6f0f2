import { expect, test } from "vitest";
import { excerpt } from "../../../lib/core/excerpt.ts";

test.each([
  ["a line", "a line"],
  ["  two\r\n\tlines  ", "two lines"],
  ["\u001b[31mred\u001b[0m", "red"],
  ["null\u0000byte", String.raw`null\x00byte`],
  ["right\u202eot-left", String.raw`right\u202eot-left`],
  ["10%\r20%", String.raw`10%\r20%`],
  ["half \ud83d", "half \ufffd"],
  ["", ""],
])("%j becomes %j", (text, line) => {
  expect(excerpt(text)).toBe(line);
});

test("cuts at the length, by characters and not in the middle of one", () => {
  expect(excerpt("x".repeat(200))).toBe("x".repeat(200));
  expect(excerpt("x".repeat(201))).toBe(`${"x".repeat(200)}...`);
  expect(excerpt("🙂🙂🙂", 2)).toBe("🙂🙂...");
});

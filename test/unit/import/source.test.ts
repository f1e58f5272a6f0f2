import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { format } from "prettier";
import { expect, test } from "vitest";
import { formatted } from "../../../lib/import/write/formatted.ts";
import type { Source } from "../../../lib/import/write/source.ts";
import { callOf, listOf, objectOf, sourceOf } from "../../../lib/import/write/source.ts";

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 140 }),
  fc.string({
    unit: fc.constantFrom("'", '"', "\\", "`", "$", "{", "\n", "\u2028", "\uE000", "/", "*", "a"),
  }),
);

interface Pair {
  readonly value: unknown;
  readonly source: Source;
}

/** A value, and the source that stands for it. */
const values = fc.letrec<{ pair: Pair }>((tie) => ({
  pair: fc.oneof(
    { maxDepth: 3 },
    texts.map((value): Pair => ({ value, source: sourceOf(value) })),
    fc.nat().map((value): Pair => ({ value, source: sourceOf(value) })),
    fc.array(tie("pair"), { maxLength: 4 }).map((pairs): Pair => ({
      value: pairs.map(({ value }) => value),
      source: listOf(pairs.map(({ source }) => source)),
    })),
    fc.dictionary(fc.oneof(texts, fc.constant("__proto__")), tie("pair"), { maxKeys: 4 }).map((record) => ({
      value: Object.fromEntries(Object.entries(record).map(([key, { value }]) => [key, value])),
      source: objectOf(
        Object.entries(record).map(([key, { source }], i) => ({
          key,
          value: source,
          comments: i === 1 ? [`*/ // a comment\n"over" two lines of ${key}`] : [],
        })),
      ),
    })),
  ),
})).pair;

/** What a JavaScript engine makes of the text, as JSON; it has no names to call. */
function evaluated(text: string): unknown {
  return JSON.parse(runInNewContext(`JSON.stringify(${text})`) as string);
}

test("what is printed is what was meant, whatever the texts and the comments hold", async () => {
  await fc.assert(
    fc.asyncProperty(values, async ({ value, source }) => {
      const printed = await formatted(`(${source.text})`);
      expect(evaluated(printed.replace(/^;|;\s*$/g, ""))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { seed: 7, numRuns: 200 },
  );
});

test("a comment has as many lines as it takes, and Prettier would print it no other way", async () => {
  const words = Array.from({ length: 60 }, (_, i) => `word${i}`).join(" ");
  const member = { key: "a", value: callOf("secret", "x"), comments: [words, "short"] };
  const printed = await formatted(`export const x = ${objectOf([member]).text};`);
  const lines = printed.split("\n").filter((line) => line.includes("//"));
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(110);
  expect(lines.map((line) => line.replace(/^\s*\/\/ /, "")).join(" ")).toBe(`${words} short`);
  expect(printed).toBe(await format(printed, { parser: "typescript", printWidth: 110 }));
});

test("a call has no last argument that says nothing", () => {
  expect(callOf("ping", {}).text).toBe("ping()");
  expect(callOf("get", "/", { level: undefined }).text).toBe('get("/")');
  expect(callOf("all", callOf("ping", {})).calls).toEqual(["all", "ping"]);
});

import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { format } from "prettier";
import { expect, test } from "vitest";
import type { Expression } from "../../../lib/import/expression.ts";
import { callOf, objectOf } from "../../../lib/import/expression.ts";
import { printComment, printExpression } from "../../../lib/import/print-expression.ts";

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 140 }),
  fc.string({
    unit: fc.constantFrom("'", '"', "\\", "`", "$", "{", "\n", "\u2028", "\uE000", "/", "*", "a"),
  }),
);

const pairOf = (value: unknown, expression: Expression) => ({ value, expression });

/** A value, and the expression that stands for it. */
const values = fc.letrec<{ pair: { value: unknown; expression: Expression } }>((tie) => ({
  pair: fc.oneof(
    { maxDepth: 3 },
    texts.map((value) => pairOf(value, { kind: "text", value })),
    fc.nat().map((value) => pairOf(value, { kind: "number", value })),
    fc.array(tie("pair"), { maxLength: 4 }).map((pairs) =>
      pairOf(
        pairs.map(({ value }) => value),
        { kind: "list", items: pairs.map(({ expression }) => expression) },
      ),
    ),
    fc.dictionary(fc.oneof(texts, fc.constant("__proto__")), tie("pair"), { maxKeys: 4 }).map((record) =>
      pairOf(Object.fromEntries(Object.entries(record).map(([key, { value }]) => [key, value])), {
        kind: "object",
        members: Object.entries(record).map(([key, { expression }]) => ({ key, value: expression })),
      }),
    ),
  ),
})).pair;

/** What a JavaScript engine makes of the text, as JSON; it has no names to call. */
function evaluated(text: string): unknown {
  return JSON.parse(runInNewContext(`JSON.stringify((${text}))`) as string);
}

test("what is printed is what was meant, whatever the texts hold", () => {
  fc.assert(
    fc.property(values, ({ value, expression }) => {
      expect(evaluated(printExpression(expression))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { seed: 7, numRuns: 500 },
  );
});

const words = fc.string({ unit: fc.constantFrom(..."abcde-'\""), minLength: 1, maxLength: 60 });

test("is formatted as Prettier would", async () => {
  const calls = fc.record({
    name: words,
    list: fc.array(words, { maxLength: 6 }),
    options: fc.dictionary(fc.constantFrom("a", "level", "withDash-", "aVeryLongNameOfAnOption"), words),
  });
  await fc.assert(
    fc.asyncProperty(calls, async ({ name, list, options }) => {
      const expression = objectOf({
        plain: name,
        call: callOf("get", name, objectOf(options)),
        listed: callOf("run", list),
        nested: objectOf({ command: list, options: objectOf(options) }),
      });
      // What is named apart makes the outer object a broken one, as a declaration is.
      const [first, ...rest] = expression.members;
      if (first === undefined) throw new Error("an object has members");
      const source = `export const x = ${printExpression({ kind: "object", members: [{ ...first, comments: ["c"] }, ...rest] })};\n`;
      expect(source).toBe(await format(source, { parser: "typescript", printWidth: 110 }));
    }),
    { seed: 11, numRuns: 150 },
  );
});

test("a comment holds nothing that ends it, and is broken at the width", () => {
  expect(printComment("a\nb\u2028c */ d", "  ")).toEqual(["  // a b c * / d"]);
  const long = printComment(`${"word ".repeat(40)}end`, "    ");
  expect(long.length).toBeGreaterThan(1);
  expect(long.every((line) => line.startsWith("    // ") && line.length <= 110)).toBe(true);
  expect(long.map((line) => line.slice(7)).join(" ")).toBe(`${"word ".repeat(40)}end`);
});

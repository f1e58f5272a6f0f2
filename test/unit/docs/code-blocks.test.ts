import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compile } from "../../support/compile.ts";

// Every TypeScript block of the documentation compiles, as a file of its own. A README need not begin with twenty lines
// of imports: a block that imports nothing is given the names of the language.
const files = ["README.md", ...readdirSync("docs").map((file) => join("docs", file))].filter((file) =>
  file.endsWith(".md"),
);

const blocks = files.flatMap((file) =>
  [...readFileSync(file, "utf8").matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""], i) => ({
    name: `${file}, block ${i + 1}`,
    code,
  })),
);

const problems = compile(blocks);

test("there are blocks to compile", () => {
  expect(blocks.length).toBeGreaterThan(5);
});

test.for(blocks)("$name compiles", (block) => {
  expect(problems.get(block)).toEqual([]);
});

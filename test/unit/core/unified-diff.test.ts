import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { unifiedDiff } from "../../../lib/core/unified-diff.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const lines = (n: number) => Array.from({ length: n }, (_, i) => `line ${i + 1}`);
const text = (all: readonly string[]) => `${all.join("\n")}\n`;

test("a changed line stands between three lines of context", () => {
  const before = lines(9);
  const after = before.with(4, "other");
  expect(unifiedDiff("stacks/netra.ts", text(before), text(after))).toBe(`--- a/stacks/netra.ts
+++ b/stacks/netra.ts
@@ -2,7 +2,7 @@
 line 2
 line 3
 line 4
-line 5
+other
 line 6
 line 7
 line 8
`);
});

test("changes far apart are two hunks, near ones are one", () => {
  const before = lines(20);
  const hunks = (...changed: number[]) =>
    unifiedDiff("f", text(before), text(before.map((line, i) => (changed.includes(i) ? "other" : line))))
      .split("\n")
      .filter((line) => line.startsWith("@@"));
  expect(hunks(3, 11)).toEqual(["@@ -1,7 +1,7 @@", "@@ -9,7 +9,7 @@"]);
  expect(hunks(3, 9)).toEqual(["@@ -1,13 +1,13 @@"]);
  expect(hunks()).toEqual([]);
});

test("texts with other numbers of lines are refused", () => {
  expect(() => unifiedDiff("f", "a\nb\n", "a\n")).toThrow("f: 3 lines against 2");
});

test("git applies it, whatever lines change, with and without a last line break", () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, "stacks"));
  const file = join(folder.path, "stacks/a.ts");
  const cases = fc.sample(
    fc.record({
      before: fc.array(fc.constantFrom("a", "b", "", "  c"), { minLength: 1, maxLength: 40 }),
      changed: fc.array(fc.nat(39), { minLength: 1, maxLength: 4 }),
      ending: fc.constantFrom("\n", ""),
    }),
    { numRuns: 25, seed: 3 },
  );
  for (const { before, changed, ending } of cases) {
    const old = [...before, "end"];
    const now = old.map((line, i) => (changed.includes(i) || i === 0 ? `${line}!` : line));
    const [from, to] = [old.join("\n") + ending, now.join("\n") + ending];
    writeFileSync(file, from);
    execFileSync("git", ["apply", "-"], { cwd: folder.path, input: unifiedDiff("stacks/a.ts", from, to) });
    expect(readFileSync(file, "utf8")).toBe(to);
  }
});

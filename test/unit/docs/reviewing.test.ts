import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { rules } from "../../../lib/review/weakening.ts";

const guide = readFileSync("docs/reviewing.md", "utf8");
const [, table = ""] = guide.split(/^## What counts as weaker$/m);
const reasons = [...table.matchAll(/^\| .*? \| (.*?) +\|$/gm)].map(([, reason = ""]) => reason);

test("the guide gives the reason of every rule, and no other", () => {
  expect(reasons.filter((reason) => !/^(why it is weaker|-+)$/.test(reason)).sort()).toEqual(
    rules.map(({ reason }) => reason).sort(),
  );
});

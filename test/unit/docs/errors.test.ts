import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorCodes } from "../../../lib/core/errors.ts";

const guide = readFileSync("docs/errors.md", "utf8");
const sections = new Map(
  guide
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")).trim(), section]),
);
const sources = readdirSync("lib", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && file !== join("core", "errors.ts"))
  .map((file) => join("lib", file))
  .concat("stacks/index.ts")
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

test("every code has its section, and every section its code", () => {
  expect([...sections.keys()].sort()).toEqual([...errorCodes].sort());
});

test.for(errorCodes)("%s is thrown somewhere, and its section gives cause and remedy", (code) => {
  expect(sources.includes(`"${code}"`), "lib names the code").toBe(true);
  expect(sections.get(code)).toMatch(/^\*\*Cause\.\*\* \S/m);
  expect(sections.get(code)).toMatch(/^\*\*Remedy\.\*\* \S/m);
});

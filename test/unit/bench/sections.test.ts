import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { shapeNames } from "../../../bench/shape/shapes.ts";

// What --docs writes has its place, or a long run ends in an error.
test("each section that a benchmark writes has its marks in docs/benchmarks.md", () => {
  const page = readFileSync("docs/benchmarks.md", "utf8");
  const named = readdirSync("bench")
    .filter((file) => /^measure-.*\.ts$/.test(file))
    .flatMap((file) => [...readFileSync(`bench/${file}`, "utf8").matchAll(/section: "([^"]+)"/g)])
    .map(([, section = ""]) => section);
  const sections = [...named, "noop", "preview", ...shapeNames];
  expect(sections).toContain("netra");
  for (const section of sections) {
    const begin = page.indexOf(`\n<!-- measured: ${section} -->\n`);
    expect(begin, section).toBeGreaterThan(0);
    expect(page.indexOf(`\n<!-- end: ${section} -->\n`), section).toBeGreaterThan(begin);
  }
});

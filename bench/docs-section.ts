import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";

const path = "docs/benchmarks.md";

/**
 * Puts a report into docs/benchmarks.md, in place of what an earlier run has written between the marks of the same name.
 * @throws Error where the page has no such marks
 */
export async function writeSection(name: string, report: string): Promise<void> {
  const [begin, end] = [`<!-- measured: ${name} -->`, `<!-- end: ${name} -->`];
  const page = readFileSync(path, "utf8");
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${path} has no section between ${begin} and ${end}`);
  const text = `${page.slice(0, from)}${begin}\n\n${report}\n\n${page.slice(to)}`;
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

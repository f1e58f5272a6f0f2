import { stripVTControlCharacters } from "node:util";

/**
 * How many resources Pulumi has compared and left alone, by what it says at its end.
 * @throws Error where it has changed one, or would: what was measured is then something else
 */
export function unchangedResources(output: string): number {
  const [, counts = ""] = stripVTControlCharacters(output).split(/^Resources:\s*\n/m);
  const lines =
    counts
      .split(/\n\s*\n/)[0]
      ?.trim()
      .split("\n") ?? [];
  const [, count] = /^(\d+) unchanged$/.exec(lines[0]?.trim() ?? "") ?? [];
  if (lines.length === 1 && count !== undefined) return Number(count);
  throw new Error(
    `the command has not found everything unchanged:\n${output.trimEnd().split("\n").slice(-30).join("\n")}`,
  );
}

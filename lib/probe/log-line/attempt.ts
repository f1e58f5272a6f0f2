import { patternText } from "../../model/pattern.ts";
import { firstMatch } from "../bounded-match.ts";
import { excerpt } from "../../core/excerpt.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt, AttemptContext } from "../probe-kind.ts";

/** How much of a line is looked at. */
const maxLineLength = 2000;

/** Looks for a line that matches in what the container has written since its current start. */
export const logLine: Attempt<"log-line"> = async ({ pattern }, { host }, context) => {
  context.step("asking the engine for the container's output");
  const { lines, complete } = await context.container.output(context.signal);
  const beginnings = lines.map((line) => line.slice(0, maxLineLength));
  if (firstMatch(pattern, beginnings) !== undefined) return passed;
  const read = complete ? "" : ", of which the first 4 MiB were read,";
  const cut = lines.some(({ length }) => length > maxLineLength);
  const where = cut ? ` within its first ${maxLineLength} characters` : "";
  const wanted = `no line that ${host} has written since its start${read} matches ${patternText(pattern)}${where}`;
  return failed(causeOf("output", `${wanted}; ${lastLine(lines, context)}`));
};

/** The last line with anything to see in it: the newest news, and where a person compares it with the pattern. */
function lastLine(lines: readonly string[], { redact }: AttemptContext): string {
  // Of this moment: a line may come before anybody reads this, and one may have been begun before anybody listened.
  if (lines.length === 0) return "it had written no whole line yet";
  for (const line of lines.toReversed()) {
    const shown = excerpt(redact(line), 100);
    if (shown !== "") return `the last of ${lines.length} is: ${shown}`;
  }
  return lines.length === 1 ? "the one line is blank" : `all ${lines.length} lines are blank`;
}

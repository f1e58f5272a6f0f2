import { patternText } from "../../model/pattern.ts";
import { excerpt } from "../../core/excerpt.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt, AttemptContext, SearchedLines } from "../probe-kind.ts";
import { lineSearch, maxLineLength } from "./line-search.ts";

/** Looks for a line that matches in what the container has written since its current start. */
export const logLine: Attempt<"log-line"> = async ({ pattern }, { host }, context) => {
  context.step("asking the engine for the container's output");
  const followed = await context.container.followed(pattern, context.signal);
  const { complete, ...searched } = followed ? { ...followed, complete: true } : await asked();
  if (searched.found) return passed;
  const read = complete ? "" : ", of which the first 4 MiB were read,";
  const where = searched.cut ? ` within its first ${maxLineLength} characters` : "";
  const wanted = `no line that ${host} has written since its start${read} matches ${patternText(pattern)}${where}`;
  return failed(causeOf("output", `${wanted}; ${lastLine(searched, context)}`));

  async function asked() {
    const { lines, complete: all } = await context.container.output(context.signal);
    const search = lineSearch(pattern);
    search.take(lines);
    return { ...search.result(), complete: all };
  }
};

/** The last line with anything to see in it: the newest news, and where a person compares it with the pattern. */
function lastLine({ count, recent }: SearchedLines, { redact }: AttemptContext): string {
  // Of this moment: a line may come before anybody reads this, and one may have been begun before anybody listened.
  if (count === 0) return "it had written no whole line yet";
  for (const line of recent.toReversed()) {
    const shown = excerpt(redact(line), 100);
    if (shown !== "") return `the last of ${count} is: ${shown}`;
  }
  return count === 1 ? "the one line is blank" : `all ${count} lines are blank`;
}

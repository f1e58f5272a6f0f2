import { patternText } from "../model/pattern.ts";
import { firstMatch } from "./bounded-match.ts";
import { excerpt } from "./excerpt.ts";
import { causeOf, failed, passed } from "./outcome.ts";
import type { Attempt } from "./probe-kind.ts";

/** How much of a line is looked at. */
const maxLineLength = 2000;

/** Looks for a line that matches in what the container has written since its current start. */
export const logLine: Attempt<"log-line"> = async ({ pattern }, { host }, context) => {
  context.step("asking the engine for the container's output");
  const { lines, complete } = await context.container.output(context.signal);
  const match = firstMatch(
    pattern,
    lines.map((line) => line.slice(0, maxLineLength)),
  );
  if (match !== undefined) return passed;
  const read = complete ? "" : ", of which the first 4 MiB were read,";
  const wanted = `no line that ${host} has written since its start${read} matches ${patternText(pattern)}`;
  const last = lines.findLast((line) => line.trim() !== "");
  const tail =
    last === undefined
      ? "it has written nothing"
      : `the last of ${lines.length} is: ${excerpt(context.redact(last), 100)}`;
  return failed(causeOf("output", `${wanted}; ${tail}`));
};

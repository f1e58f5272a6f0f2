import type { Pattern } from "../../model/pattern.ts";
import { firstMatch } from "../bounded-match.ts";
import type { SearchedLines } from "../probe-kind.ts";

/** How much of a line is looked at. */
export const maxLineLength = 2000;

/** How many of the last lines are kept to be shown: some may come to nothing once secrets are taken out. */
const keptLines = 5;

/** A search for a line that matches, which takes the lines as they come and keeps next to nothing of them. */
export interface LineSearch {
  /** @throws Error when the pattern has not come to an end in time: it is a mistake of the declaration */
  take(lines: readonly string[]): void;
  result(): SearchedLines;
}

/** What two searches have come to, of which the second has gone on from the first. */
export function both(first: SearchedLines, second: SearchedLines): SearchedLines {
  return {
    found: first.found || second.found,
    count: first.count + second.count,
    cut: first.cut || second.cut,
    recent: [...first.recent, ...second.recent].slice(-keptLines),
  };
}

export function lineSearch(pattern: Pattern): LineSearch {
  let found = false;
  let count = 0;
  let cut = false;
  let recent: readonly string[] = [];
  return {
    take: (lines) => {
      count += lines.length;
      cut ||= lines.some(({ length }) => length > maxLineLength);
      const shown = lines.filter((line) => line.trim() !== "").slice(-keptLines);
      recent = [...recent, ...shown].slice(-keptLines);
      found ||=
        firstMatch(
          pattern,
          lines.map((line) => line.slice(0, maxLineLength)),
        ) !== undefined;
    },
    result: () => ({ found, count, cut, recent }),
  };
}

import { excerpt } from "../core/excerpt.ts";
import type { Finding } from "./outcome.ts";
import { causeOf, failed, passed } from "./outcome.ts";

interface RowBounds {
  readonly atLeast: number;
  readonly atMost?: number | undefined;
}

/** Rows beyond this number are not counted where the bounds do not need them: the query has run. */
const plenty = 10_000;

/** How many rows must be counted to judge it by its bounds; a server need not send more. */
export function rowLimit({ atLeast, atMost = 0 }: RowBounds): number {
  return Math.max(plenty, atLeast, atMost + 1);
}

/** Judges the number of rows, which was counted up to {@link rowLimit}. */
export function judgeRows(count: number, expected: RowBounds, statement: string): Finding {
  const { atLeast, atMost = Infinity } = expected;
  if (count >= atLeast && count <= atMost) return passed;
  const number = count >= rowLimit(expected) ? `${atMost + 1} or more` : String(count);
  return failed(
    causeOf(
      "rows",
      `${number} ${count === 1 ? "row" : "rows"} from ${excerpt(statement, 80)}, expected ${describe(expected)}`,
    ),
  );
}

function describe({ atLeast, atMost }: RowBounds): string {
  if (atMost === undefined) return `at least ${atLeast}`;
  if (atLeast === atMost) return `exactly ${atLeast}`;
  return atLeast === 0 ? `at most ${atMost}` : `${atLeast} to ${atMost}`;
}

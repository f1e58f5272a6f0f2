import type { FigureHistory } from "../../history/figure-history.ts";
import type { Held } from "../../model/control-answers.ts";

/** Keeps when the stack was held. What is returned takes each change of the hold. */
export function keptHolds(
  history: Pick<FigureHistory, "held">,
  nowMs: () => number,
): (held: Held | undefined) => void {
  let before: Held | undefined;
  return (held) => {
    if (held !== undefined) history.held({ sinceMs: held.sinceMs, untilMs: held.untilMs });
    else if (before !== undefined)
      history.held({ sinceMs: before.sinceMs, untilMs: Math.min(before.untilMs, nowMs()) });
    before = held;
  };
}

import type { Figure } from "../model/figures.ts";
import { figureTargets } from "./targets.ts";

/**
 * Parity between environments is a matter of their plans: no coordinator sees the others', and what was different a month ago was
 * mended before anybody could count it. So it is counted as it is now: a difference that is not allowed is an issue, and misses the
 * target; none says nothing of the quarter.
 * @param issues how many differences are not allowed now; undefined where the project's files are not there
 */
export function parityFigure(issues: number | undefined, untilMs: number): Figure {
  const command = '"phasegate parity" in the project, with each change, keeps it at none';
  return {
    name: "parityIssues",
    target: figureTargets.parityIssues,
    measured: issues ?? null,
    events: issues ?? 0,
    of: "difference now",
    verdict: issues === undefined || issues === 0 ? "notMeasured" : "missed",
    sinceMs: untilMs,
    notes:
      issues === undefined ? ["there is no project in this folder", command] : issues === 0 ? [command] : [],
  };
}

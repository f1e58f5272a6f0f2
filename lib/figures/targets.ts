import type { FigureName, FigureTarget } from "../model/figures.ts";

/** What each figure is to be: the success metrics that phasegate is measured by. */
export const figureTargets: Readonly<Record<FigureName, FigureTarget>> = {
  startSuccess: { is: "above", value: 0.995, unit: "share" },
  timeToReady: { is: "below", value: 180_000, unit: "ms" },
  cascades: { is: "below", value: 1, unit: "perMonth" },
  parityIssues: { is: "below", value: 1, unit: "perQuarter" },
  deploymentFailures: { is: "below", value: 0.005, unit: "share" },
  selfRecovery: { is: "atLeast", value: 0.9, unit: "share" },
  availability: { is: "above", value: 0.999, unit: "share" },
  alertNoise: { is: "atLeast", value: 0.8, unit: "share" },
  timeToAlert: { is: "below", value: 5 * 60_000, unit: "ms" },
};

/** In milliseconds, as the targets have them. */
export const monthMs = 30 * 24 * 3_600_000;

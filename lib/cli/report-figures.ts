import { InvalidArgumentError } from "commander";
import { PhasegateError } from "../core/errors.ts";
import { parityFigure } from "../figures/parity-figure.ts";
import type { Figures } from "../model/figures.ts";
import { figureNames } from "../model/figures.ts";
import { connectStack } from "../control/running-stack.ts";
import { figuresText, isWithinTargets } from "./figures-text.ts";
import { projectParity } from "./parity.ts";

interface FigureOptions {
  readonly stack?: string;
  /** Milliseconds before now. */
  readonly since: number;
  readonly json?: true;
}

/** What the figures are of where the command does not say. */
export const defaultSince = "30d";

/** `phasegate report --slo`: the success figures beside their targets. Exit code 1 where one misses its target. */
export async function reportFigures({ stack: name, since, json }: FigureOptions): Promise<void> {
  const { stack, declaration, coordinator } = await connectStack(name);
  const sinceMs = Math.max(0, Math.round(Date.now() - since));
  const answer = await coordinator.call("figures", { sinceMs }).finally(() => coordinator.close());
  const figures = withParity(answer, await parityIssues(process.cwd(), declaration));
  console.log(
    json
      ? JSON.stringify({ declaration, stack, ...figures }, null, 2)
      : figuresText(`${declaration} (${stack})`, figures),
  );
  process.exitCode = isWithinTargets(figures) ? 0 : 1;
}

/** The figures with that of parity, in their order. */
export function withParity(answer: Figures, issues: number | undefined): Figures {
  const all = [...answer.figures, parityFigure(issues, answer.untilMs)];
  return {
    ...answer,
    figures: all.sort((a, b) => figureNames.indexOf(a.name) - figureNames.indexOf(b.name)),
  };
}

/** How many differences between the project's stacks are not allowed; undefined where this folder has no such project. */
async function parityIssues(root: string, declaration: string): Promise<number | undefined> {
  try {
    const reports = await projectParity(root);
    const own = reports.find((report) => report.declaration === declaration);
    return own?.differences.filter(({ allowedBy }) => allowedBy === undefined).length;
  } catch (error) {
    // A project that cannot be read is "phasegate parity"'s to tell of.
    if (error instanceof PhasegateError) return undefined;
    throw error;
  }
}

const unitMs = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 } as const;

/** The longest time that figures look back. */
const longestDays = 366;

/** Reads how far back something looks: "30d", "12h", "90m". */
export function pastMs(text: string): number {
  const [, amount = "", unit = "m"] = /^(\d+(?:\.\d+)?)([mhd])$/.exec(text) ?? [];
  const ms = Number(amount) * unitMs[unit as keyof typeof unitMs];
  if (amount !== "" && ms >= 60_000 && ms <= longestDays * unitMs.d) return ms;
  throw new InvalidArgumentError(`It must be a time from "1m" to "${longestDays}d", such as "30d" or "12h".`);
}

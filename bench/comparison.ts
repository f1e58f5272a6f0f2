/** Tables that hold phasegate's figures against its rivals' and against what it aims at, in Markdown. */
import { percentile } from "../lib/core/percentile.ts";
import { median } from "./median.ts";

/** One line: figures of the same thing by each contender. A contender without figures has an empty cell. */
export interface ComparisonRow {
  readonly title: string;
  readonly own: readonly number[];
  /** In the order of the rivals. */
  readonly rivals?: readonly (readonly number[])[];
  readonly aim?: Aim;
  /** How a figure is written; default: {@link seconds} of milliseconds. */
  readonly write?: (figure: number) => string;
}

/** What a figure should come to. */
export interface Aim {
  readonly text: string;
  /** Undefined where there is nothing to judge it by. */
  reached(row: Pick<ComparisonRow, "own" | "rivals">): boolean | undefined;
}

/** The median is at most so many times the first rival's. */
export const ratioAtMost = (most: number): Aim => ({
  text: `ratio ≤ ${most.toFixed(2)}`,
  reached: ({ own, rivals: [rival = []] = [] }) =>
    rival.length === 0 ? undefined : median(own) / median(rival) <= most,
});

/** @param write as in the row */
export const medianAtMost = (most: number, write = seconds): Aim => ({
  text: `≤ ${write(most)}`,
  reached: ({ own }) => median(own) <= most,
});

/** @param write as in the row */
export const p95AtMost = (most: number, write = seconds): Aim => ({
  text: `95 % ≤ ${write(most)}`,
  reached: ({ own }) => percentile(own, 95) <= most,
});

/** "1.25 s" of 1250. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** How many times as much: "1.08". */
export const times = (figure: number): string => figure.toFixed(2);

/** The median and, in brackets, the 95th percentile. */
export function spread(figures: readonly number[], write = seconds): string {
  return figures.length === 0 ? "" : `${write(median(figures))} (${write(percentile(figures, 95))})`;
}

/** How often each was measured, and what the cells of the table below are. */
export const inTurnText = (runs: number): string =>
  `${runs === 1 ? "One run" : `${runs} runs`} of each in turn, medians (95th percentile).`;

/** A table of all rows of which phasegate has figures, with a column and a ratio for each rival. */
export function comparisonTable(rivals: readonly string[], rows: readonly ComparisonRow[]): string {
  const judged = rows.some(({ aim }) => aim !== undefined);
  return markdownTable([
    ["", "phasegate", ...rivals.flatMap((name) => [name, "ratio"]), ...(judged ? ["aim", ""] : [])],
    ...rows
      .filter(({ own }) => own.length > 0)
      .map((row) => [
        row.title,
        spread(row.own, row.write),
        ...rivals.flatMap((_, i) => {
          const rival = row.rivals?.[i] ?? [];
          return [spread(rival, row.write), ratio(row.own, rival)];
        }),
        ...(judged ? [row.aim?.text ?? "", verdict(row)] : []),
      ]),
  ]);
}

/** The first row is the header. Columns are aligned, so that it reads well in a terminal, too. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<readonly number[]>(
    (most, row) => row.map((cell, i) => Math.max(most[i] ?? 3, cell.length)),
    [],
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [head = [], ...rest] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rest.map(line)].join("\n");
}

function ratio(own: readonly number[], rival: readonly number[]): string {
  return rival.length === 0 ? "" : times(median(own) / median(rival));
}

function verdict(row: ComparisonRow): string {
  const reached = row.aim?.reached(row);
  return reached === undefined ? "" : reached ? "reached" : "missed";
}

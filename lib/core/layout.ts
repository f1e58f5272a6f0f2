/** Texts and tables that fit a width, in characters. */
import { alignedRows } from "./columns.ts";

/** The width for which tables are made: what a person has beside other windows, and what logs and issues show without a break. */
export const tableWidth = 120;

/**
 * A text in lines of at most `width`, broken between words, and never within quotes: a command is copied as it is. What is longer
 * has a line of its own.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.match(/(?:"[^"\n]*"|\S)+/g) ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A text of at most `width`, its end left out where it is longer. */
export function fitted(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Rows of cells in aligned columns, two spaces apart; the last cell goes on below itself where the line would be too long. */
export function hangingRows(rows: readonly (readonly string[])[], width: number): string[] {
  const heads = alignedRows(rows.map((row) => [...row.slice(0, -1), "|"]));
  return rows.flatMap((row, i) => {
    const head = (heads[i] ?? "").slice(0, -1);
    const [first = "", ...more] = wrapped(row.at(-1) ?? "", Math.max(20, width - head.length));
    return [`${head}${first}`.trimEnd(), ...more.map((line) => `${" ".repeat(head.length)}${line}`)];
  });
}

import type { SQLInputValue, StatementSync } from "node:sqlite";

/** Records, the newest first. */
export interface Page<R> {
  readonly records: readonly R[];
  /** Whether older ones that were asked for were left out, for the length of an answer. */
  readonly cut: boolean;
}

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, unknown>>;

/** The longest page, in bytes of JSON: well under what a line of the control protocol may have. */
const pageBytes = 2 * 1024 * 1024;

/** The rows of a query as records, up to the length of a page. The column `record` or `cause` holds most of each. */
export function page<R>(
  statement: StatementSync,
  record: (row: Row) => R,
  ...parameters: readonly SQLInputValue[]
): Page<R> {
  const records: R[] = [];
  let bytes = 0;
  for (const row of statement.iterate(...parameters)) {
    bytes += Object.values(row).reduce<number>((sum, value) => sum + lengthOf(value), 0);
    if (bytes > pageBytes && records.length > 0) return { records, cut: true };
    records.push(record(row));
  }
  return { records, cut: false };
}

function lengthOf(value: unknown): number {
  return typeof value === "string" ? Buffer.byteLength(value) : 8;
}

/** A column that holds a text. @throws TypeError when it does not */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== "string") throw new TypeError(`the column ${column} holds no text`);
  return value;
}

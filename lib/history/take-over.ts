import type { SQLInputValue } from "node:sqlite";
import { DatabaseSync } from "node:sqlite";
import { inTransaction, steps, versionOf } from "./schema.ts";

/** The tables of lib/desired: the few rows without which a stack is not supervised. */
const tables = {
  desired: ["service", "record", "secrets"],
  facts: ["name", "value"],
} as const;

/**
 * Takes what is desired from a damaged file into a new database: all of it where its tables are sound, else
 * nothing. Most of a file is the records of starts, so damage is likely to be elsewhere. Never throws.
 */
export function takeOverDesired(damagedFile: string, into: DatabaseSync): boolean {
  try {
    const damaged = new DatabaseSync(damagedFile, { readOnly: true });
    try {
      if (versionOf(damaged) !== steps.length) return false;
      inTransaction(into, () => {
        for (const [table, columns] of Object.entries(tables)) {
          if (!isSound(damaged, table)) throw new Error(`${table} is damaged`);
          copy(damaged, into, table, columns);
        }
      });
      return true;
    } finally {
      damaged.close();
    }
  } catch {
    return false;
  }
}

function isSound(database: DatabaseSync, table: string): boolean {
  return database.prepare(`PRAGMA quick_check(${table})`).get()?.["quick_check"] === "ok";
}

function copy(from: DatabaseSync, into: DatabaseSync, table: string, columns: readonly string[]): void {
  const places = columns.map(() => "?").join(", ");
  const insert = into.prepare(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`);
  for (const row of from.prepare(`SELECT ${columns.join(", ")} FROM ${table}`).iterate())
    insert.run(...columns.map((column) => row[column] as SQLInputValue));
}

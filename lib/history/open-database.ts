import { renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { inTransaction, migrate } from "./schema.ts";

/** A history's file, open and of the latest version. */
export interface OpenedDatabase {
  readonly database: DatabaseSync;
  /** Where a file that was no sound history has been put; undefined when it was sound. */
  readonly setAside: string | undefined;
}

/**
 * Opens the history in a file, which is made when there is none. A file that is damaged is set aside, in the
 * place of the one that was set aside before, and a new history begun. What the coordinator before left under
 * way is marked as broken off.
 * @throws RangeError when a newer program has written it; Error when the file cannot be opened or written
 */
export function openDatabase(file: string): OpenedDatabase {
  try {
    return { database: opened(file), setAside: undefined };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const setAside = `${file}.damaged`;
    renameSync(file, setAside);
    // Left by the damaged one; the new one would take them for its own.
    for (const ending of ["-wal", "-shm"]) rmSync(`${file}${ending}`, { force: true });
    return { database: opened(file), setAside };
  }
}

function opened(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 100 });
  try {
    // Every committed record is on the disk: an engine or a machine may end at any moment.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    const [found] = database.prepare("PRAGMA quick_check(1)").all();
    if (found?.["quick_check"] !== "ok") throw new Damage(String(found?.["quick_check"]));
    migrate(database);
    inTransaction(database, () =>
      database.exec("UPDATE starts SET outcome = 'broken-off' WHERE outcome = 'under-way'"),
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

class Damage extends Error {}

/** SQLITE_CORRUPT and SQLITE_NOTADB (https://sqlite.org/rescode.html). */
const damageCodes = [11, 26];

function isDamage(error: unknown): boolean {
  if (error instanceof Damage) return true;
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  // The low byte is the code, what is above it tells more.
  return typeof code === "number" && damageCodes.includes(code & 0xff);
}

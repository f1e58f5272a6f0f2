import { existsSync, renameSync, rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { inTransaction, migrate, steps, versionOf } from "./schema.ts";
import { takeOverDesired } from "./take-over.ts";

/** A history's file, open and of the latest version. */
export interface OpenedDatabase {
  readonly database: DatabaseSync;
  /** Where a file that was no sound history has been put; undefined when it was sound. */
  readonly setAside: SetAside | undefined;
}

export interface SetAside {
  readonly file: string;
  /** Whether what is desired was sound all the same, and stands in the new file. */
  readonly desiredTakenOver: boolean;
}

/**
 * Opens the history in a file, which is made when there is none. A file that is damaged is set aside, in the
 * place of the one that was set aside before, and a new history begun; what is desired is taken over where its own
 * tables are sound. What the coordinator before left under way is marked as broken off.
 * @throws RangeError when a newer program has written it; Error when the file cannot be opened or written
 */
export function openDatabase(file: string): OpenedDatabase {
  try {
    return { database: opened(file), setAside: undefined };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = `${file}.damaged`;
    for (const ending of ["", "-wal"]) setFileAside(`${file}${ending}`, `${aside}${ending}`);
    // Left by the damaged one; the new one would take it for its own.
    rmSync(`${file}-shm`, { force: true });
    const database = opened(file);
    return { database, setAside: { file: aside, desiredTakenOver: takeOverDesired(aside, database) } };
  }
}

function setFileAside(file: string, aside: string): void {
  rmSync(aside, { force: true });
  if (existsSync(file)) renameSync(file, aside);
}

/**
 * Opens the history in a file that cannot be written, to be read.
 * @throws Error when it cannot be read, or is not of the latest version
 */
export function openReadOnly(file: string): DatabaseSync {
  const database = readOnly(file);
  try {
    if (versionOf(database) !== steps.length) throw new Error(`it is of version ${versionOf(database)}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function readOnly(file: string): DatabaseSync {
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (log !== undefined && log.size > 0) return new DatabaseSync(file, { readOnly: true });
  // SQLite opens a database of this kind only where it may make the log's files, unless it never changes; no log, nothing missed.
  const unchanging = pathToFileURL(file);
  unchanging.searchParams.set("immutable", "1");
  return new DatabaseSync(unchanging, { readOnly: true });
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

import type { DatabaseSync } from "node:sqlite";
import { errorText } from "../core/errors.ts";
import type { SetAside } from "./open-database.ts";
import { openDatabase } from "./open-database.ts";
import type { Say } from "./writing.ts";

/** The coordinator's database in its file, or why it cannot be used. */
export type UsableDatabase = { readonly file: string } & (
  | { readonly database: DatabaseSync; readonly setAside: SetAside | undefined }
  | { readonly database: undefined; readonly why: string }
);

/**
 * Opens the database that the history and the desired state share, in a file whose folder is there. Never throws: without
 * a database the coordinator goes on from memory.
 */
export function usableDatabase(file: string, say: Say): UsableDatabase {
  try {
    const { database, setAside } = openDatabase(file);
    if (setAside !== undefined) say("history-damaged", { setAside: setAside.file });
    return { file, database, setAside };
  } catch (error) {
    const why = `${file} cannot be used: ${errorText(error)}`;
    say("history-off", { why });
    return { file, database: undefined, why };
  }
}

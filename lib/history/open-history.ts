import { errorText } from "../core/errors.ts";
import type { History } from "./history.ts";
import { noHistory } from "./history.ts";
import { openDatabase } from "./open-database.ts";
import { storedHistory } from "./stored-history.ts";
import type { Say } from "./writing.ts";

/**
 * Opens the history in a file whose folder is there, and goes on without one when that is not possible: its `problem` then says why.
 * Never throws.
 */
export function openHistory(file: string, say: Say): History {
  try {
    const { database, setAside } = openDatabase(file);
    if (setAside !== undefined) say("history-damaged", { setAside });
    return storedHistory(database, say);
  } catch (error) {
    const why = `${file} cannot be used: ${errorText(error)}`;
    say("history-off", { why });
    return noHistory(why);
  }
}

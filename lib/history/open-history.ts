import { errorText } from "../core/errors.ts";
import type { History } from "./history.ts";
import { noHistory } from "./history.ts";
import { storedHistory } from "./stored-history.ts";
import type { UsableDatabase } from "./usable-database.ts";
import type { Say } from "./writing.ts";

/** The history in the coordinator's database; where there is none, one whose `problem` says why. Never throws. */
export function openHistory(opened: UsableDatabase, say: Say): History {
  if (opened.database === undefined) return noHistory(opened.why);
  try {
    return storedHistory(opened.database, say);
  } catch (error) {
    const why = `${opened.file} cannot be used: ${errorText(error)}`;
    say("history-off", { why });
    return noHistory(why);
  }
}

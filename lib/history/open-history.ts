import type { History } from "./history.ts";
import { noHistory } from "./history.ts";
import { storedHistory } from "./stored-history.ts";
import type { UsableDatabase } from "./usable-database.ts";
import type { Say } from "./writing.ts";

/** The history in the coordinator's database; where there is none, one whose `problem` says why. */
export function openHistory(opened: UsableDatabase, say: Say): History {
  return opened.database ? storedHistory(opened.database, say) : noHistory(opened.why);
}

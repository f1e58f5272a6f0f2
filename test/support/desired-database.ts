import { DatabaseSync } from "node:sqlite";
import type { DesiredStore } from "../../lib/desired/desired-store.ts";
import { openDesired } from "../../lib/desired/open-desired.ts";
import { migrate } from "../../lib/history/schema.ts";
import type { UsableDatabase } from "../../lib/history/usable-database.ts";
import { usableDatabase } from "../../lib/history/usable-database.ts";

export const sealKey = Buffer.alloc(32, "a key for tests ").toString("base64");
export const otherSealKey = Buffer.alloc(32, "and another one ").toString("base64");

/** A database of the latest version in memory, as `usableDatabase` gives one. */
export function databaseInMemory(): UsableDatabase & { readonly database: DatabaseSync } {
  const database = new DatabaseSync(":memory:");
  migrate(database);
  return { file: ":memory:", database, setAside: undefined };
}

/** The desired state of a stack "dev", and what it has said to the log. @param key null: the coordinator was given none */
export function desiredIn(
  opened: UsableDatabase,
  key: string | null = sealKey,
): DesiredStore & { readonly said: readonly string[] } {
  const said: string[] = [];
  const say = (event: string, fields = {}) => void said.push(`${event} ${JSON.stringify(fields)}`);
  return { ...openDesired(opened, { key: key ?? undefined, stack: "dev", say }), said };
}

/** What a coordinator that starts now finds in a file. */
export function foundIn(file: string, key: string | null = sealKey): ReturnType<DesiredStore["load"]> {
  const opened = usableDatabase(file, () => undefined);
  const found = desiredIn(opened, key).load();
  opened.database?.close();
  return found;
}

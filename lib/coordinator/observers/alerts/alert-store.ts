import { errorText } from "../../../core/errors.ts";
import type { Alert, Dropped, Notification, Silence } from "../../../model/alert.ts";
import { inTransaction } from "../../../history/schema.ts";
import type { UsableDatabase } from "../../../history/usable-database.ts";
import type { Log } from "../../log.ts";

/** A message that waits for its sink. */
export interface Delivery {
  /** Its place in the queue: what was queued later has a greater one. */
  readonly place: number;
  readonly queuedMs: number;
  readonly notification: Notification;
}

/** The records of each kind. */
interface Kinds {
  readonly alert: Alert;
  readonly delivery: Delivery;
  readonly silence: Silence;
  readonly dropped: Dropped;
}

/** What the alerts must not forget. What cannot be written is in memory, and is tried again with all that is written later. */
export interface AlertStore {
  /** All records of a kind, as the coordinator before has kept them. */
  load<K extends keyof Kinds>(kind: K): readonly (readonly [key: string, record: Kinds[K]])[];
  /** Notes a record; undefined takes it away. It is on the disk after the next `flush`. */
  set<K extends keyof Kinds>(kind: K, key: string, record: Kinds[K] | undefined): void;
  /** Writes all that was noted, or nothing of it. */
  flush(): void;
  /** Why the last attempt to write has failed; undefined when it has not, and where there is no database: the history says that. */
  problem(): string | undefined;
}

export function alertStore(opened: UsableDatabase, log: Log): AlertStore {
  const { database } = opened;
  const dirty = new Map<string, { kind: string; key: string; record: string | undefined }>();
  let why: string | undefined;

  return {
    load: (kind) => {
      try {
        const rows =
          database?.prepare("SELECT key, record FROM alerting WHERE kind = ? ORDER BY key").all(kind) ?? [];
        return rows.map((row) => [String(row["key"]), JSON.parse(String(row["record"]))] as const);
      } catch (error) {
        log("alerts-not-read", { kind, error: errorText(error) });
        return [];
      }
    },
    set: (kind, key, record) => {
      const text = record === undefined ? undefined : JSON.stringify(record);
      dirty.set(`${kind} ${key}`, { kind, key, record: text });
    },
    flush: () => {
      if (database === undefined || dirty.size === 0) return dirty.clear();
      try {
        inTransaction(database, () => {
          const keep = database.prepare(
            "INSERT OR REPLACE INTO alerting (kind, key, record) VALUES (?, ?, ?)",
          );
          const forget = database.prepare("DELETE FROM alerting WHERE kind = ? AND key = ?");
          for (const { kind, key, record } of dirty.values())
            if (record === undefined) forget.run(kind, key);
            else keep.run(kind, key, record);
        });
        dirty.clear();
        if (why !== undefined) log("alerts-written-again");
        why = undefined;
      } catch (error) {
        if (why === undefined) log("alerts-not-written", { error: errorText(error) });
        why = errorText(error);
      }
    },
    problem: () => why,
  };
}

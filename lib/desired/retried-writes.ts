import type { DatabaseSync } from "node:sqlite";
import { errorText } from "../core/errors.ts";
import { inTransaction } from "../history/schema.ts";
import type { Say } from "../history/writing.ts";

/** Something to be written: it writes what is true when it is called. */
export interface Write {
  /** What is written. A later write of the same takes its place. */
  readonly subject: string;
  readonly work: () => void;
  /** Whether the disk is waited for. */
  readonly durable: boolean;
}

/** Writes at once, and tries what fails again with each later write. */
export interface RetriedWrites {
  write(write: Write): void;
  /** Whether the last write of a subject has failed. */
  isBehind(subject: string): boolean;
  /** The subjects that are not on the disk as they should be, and why the last attempt failed; undefined when all are. */
  behind(): { readonly subjects: readonly string[]; readonly why: string } | undefined;
}

/** @param database one whose transactions wait for the disk: `synchronous` is FULL */
export function retriedWrites(database: DatabaseSync, say: Say): RetriedWrites {
  const waiting = new Map<string, Write>();
  let why = "";

  const attempt = ({ subject, work, durable }: Write): boolean => {
    try {
      if (durable) inTransaction(database, work);
      else withoutWaiting(database, work);
    } catch (error) {
      if (why === "") say("desired-not-written", { error: errorText(error) });
      why = errorText(error);
      return false;
    }
    waiting.delete(subject);
    return true;
  };

  return {
    write: (write) => {
      waiting.set(write.subject, write);
      // What is new goes first: somebody is about to act on it.
      const others = [...waiting.values()].filter((other) => other !== write);
      const written = [write, ...others].every(attempt);
      if (!written || why === "") return;
      say("desired-written-again");
      why = "";
    },
    isBehind: (subject) => waiting.has(subject),
    behind: () => (waiting.size === 0 ? undefined : { subjects: [...waiting.keys()], why }),
  };
}

/** In WAL mode a transaction under NORMAL is whole after a power cut or not there; a kill alone takes none away. */
function withoutWaiting(database: DatabaseSync, work: () => void): void {
  database.exec("PRAGMA synchronous = NORMAL");
  try {
    inTransaction(database, work);
  } finally {
    database.exec("PRAGMA synchronous = FULL");
  }
}

import type { DatabaseSync } from "node:sqlite";
import { errorText } from "../core/errors.ts";
import { inTransaction } from "./schema.ts";

/** The coordinator's log, as far as the history speaks to it. */
export type Say = (event: string, fields?: Readonly<Record<string, string | number>>) => void;

/** Transactions, done one after the other once what happens now has happened. */
export interface Writing {
  /** Work to be done in a transaction of its own. It is not tried again when it fails. */
  write(work: () => void): void;
  /** Does all of it now. */
  flush(): void;
  /** Why the last transaction failed; undefined when it did not. */
  problem(): string | undefined;
}

/**
 * Writes to a database after the current turn of the event loop: a gate's verdict is on its way before the disk
 * is asked. What cannot be written is lost, said once, and counted.
 * @param defer runs something later: `setImmediate`
 */
export function writing(database: DatabaseSync, say: Say, defer: (work: () => void) => void): Writing {
  let waiting: (() => void)[] = [];
  let problem: string | undefined;
  let lost = 0;

  const flush = () => {
    const works = waiting;
    waiting = [];
    for (const work of works) {
      try {
        inTransaction(database, work);
      } catch (error) {
        lost++;
        if (problem === undefined) say("history-lost", { error: errorText(error) });
        problem = errorText(error);
        continue;
      }
      if (problem !== undefined) say("history-written-again", { lost });
      problem = undefined;
      lost = 0;
    }
  };

  return {
    write: (work) => {
      if (waiting.push(work) === 1) defer(flush);
    },
    flush,
    problem: () => problem && `the last writes failed (${lost}): ${problem}`,
  };
}

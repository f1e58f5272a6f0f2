import type { DatabaseSync } from "node:sqlite";
import { errorText } from "../core/errors.ts";
import { inTransaction } from "./schema.ts";

/** The coordinator's log, as far as the history speaks to it. */
export type Say = (event: string, fields?: Readonly<Record<string, string | number>>) => void;

/** Writes, done one after the other once what happens now has happened. */
export interface Writing {
  /** Work that is written whole or not at all, and is given up when it cannot be. It does nothing but write. */
  write(work: () => void): void;
  /** Does all of it now. */
  flush(): void;
  /** Why the last write failed; undefined when it did not. */
  problem(): string | undefined;
}

/**
 * Writes to a database after the current turn of the event loop: a gate's verdict is on its way before the disk
 * is asked. What cannot be written is lost, said once, and counted.
 * @param defer runs something later: `setImmediate`
 */
export function writing(database: DatabaseSync, say: Say, defer: (work: () => void) => void): Writing {
  const waiting: (() => void)[] = [];
  let problem: string | undefined;
  let lost = 0;

  /** Writes all of these or none. */
  const written = (works: readonly (() => void)[]): boolean => {
    try {
      inTransaction(database, () => {
        for (const work of works) work();
      });
    } catch (error) {
      if (works.length > 1) return false;
      lost++;
      if (problem === undefined) say("history-lost", { error: errorText(error) });
      problem = errorText(error);
      return false;
    }
    if (problem !== undefined) say("history-written-again", { lost });
    problem = undefined;
    lost = 0;
    return true;
  };

  const flush = () => {
    const works = waiting.splice(0);
    // Each transaction waits for the disk: it is one for all that happens in a moment, unless one of them spoils it.
    if (works.length > 1 && written(works)) return;
    for (const work of works) written([work]);
  };

  return {
    write: (work) => {
      if (waiting.push(work) === 1) defer(flush);
    },
    flush,
    problem: () => problem && `the last writes failed (${lost}): ${problem}`,
  };
}

import type { DatabaseSync } from "node:sqlite";
import { errorText } from "../core/errors.ts";
import { inTransaction } from "./schema.ts";

/** The coordinator's log, as far as the history speaks to it. */
export type Say = (event: string, fields?: Readonly<Record<string, string | number>>) => void;

/** Writes, done one after the other once what happens now has happened. */
export interface Writing {
  /**
   * Work that is written whole or not at all, and is given up when it cannot be. It does nothing but write.
   * @param subject what is written: work on the same subject that has not been done yet is left out
   */
  write(work: () => void, subject?: string): void;
  /** Does all of it now. */
  flush(): void;
  /** Why the last write failed; undefined when it did not. */
  problem(): string | undefined;
}

/** Each transaction waits for the disk: there is one for all that happens within this time. */
const soonMs = 100;

/**
 * Writes to a database a moment later: a gate's verdict is on its way before the disk is asked. What cannot be written is lost,
 * said once, and counted.
 * @param defer runs something later. Default: a tenth of a second
 */
export function writing(
  database: DatabaseSync,
  say: Say,
  defer: (work: () => void) => void = (work) => void setTimeout(work, soonMs),
): Writing {
  const waiting = new Map<string | symbol, () => void>();
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
    const works = [...waiting.values()];
    waiting.clear();
    // One transaction for all of it, unless a part spoils it.
    if (works.length > 1 && written(works)) return;
    for (const work of works) written([work]);
  };

  return {
    write: (work, subject) => {
      const isFirst = waiting.size === 0;
      const key = subject ?? Symbol();
      waiting.delete(key);
      waiting.set(key, work);
      if (isFirst) defer(flush);
    },
    flush,
    problem: () => problem && `the last writes failed (${lost}): ${problem}`,
  };
}

import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./benchmark.ts";

/** One of those that are compared. */
export interface Contender {
  readonly name: string;
  /** One measurement. It leaves nothing behind that the others would notice. */
  readonly run: () => Promise<unknown>;
}

/**
 * Lets all contenders run so many times. Each has every place in the turn, and neighbours on both sides, so that
 * what one leaves behind meets the others alike.
 * @param settleMs the time between two of them: what the engine does after a removal is not measured with what follows
 */
export async function inTurn(
  contenders: readonly Contender[],
  runs: number,
  { signal, say }: Bench,
  settleMs = 1000,
): Promise<void> {
  for (let at = 0; at < runs; at++) {
    for (const { name, run } of orderOf(contenders, at)) {
      say(`run ${at + 1} of ${runs}: ${name}`);
      await run();
      await sleep(settleMs, undefined, { signal });
    }
  }
}

/** The order of a run: the other way round than the one before, and in pairs another one begins. */
function orderOf<T>(all: readonly T[], at: number): readonly T[] {
  const from = Math.floor(at / 2) % Math.max(all.length, 1);
  const rotated = [...all.slice(from), ...all.slice(0, from)];
  return at % 2 === 0 ? rotated : rotated.reverse();
}

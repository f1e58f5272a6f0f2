import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./benchmark.ts";

/** One of those that are compared. */
export interface Contender {
  readonly name: string;
  /** One measurement. It leaves nothing behind that the others would notice. */
  readonly run: () => Promise<unknown>;
}

/**
 * Lets all contenders run so many times. Each has every place in the turn, so that what one leaves behind meets all of them.
 * @param settleMs the time between two of them: what the engine does after a removal is not measured with what follows
 */
export async function inTurn(
  contenders: readonly Contender[],
  runs: number,
  { signal, say }: Bench,
  settleMs = 1000,
): Promise<void> {
  for (let at = 0; at < runs; at++) {
    for (const { name, run } of rotated(contenders, at)) {
      say(`run ${at + 1} of ${runs}: ${name}`);
      await run();
      await sleep(settleMs, undefined, { signal });
    }
  }
}

function rotated<T>(all: readonly T[], by: number): readonly T[] {
  const from = by % Math.max(all.length, 1);
  return [...all.slice(from), ...all.slice(0, from)];
}

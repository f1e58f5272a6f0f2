import type { Random } from "../../lib/core/clock.ts";

/** The same sequence of numbers in every run: a linear congruential generator with the constants of ISO C's example. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

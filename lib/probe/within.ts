import type { Clock } from "../core/clock.ts";
import { over } from "../core/over.ts";

/** Waits for a promise, however it settles, but not longer than `ms`; whether it settled. Leaves no timer behind. */
export async function within(settling: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  const enough = new AbortController();
  const settled = settling.then(
    () => true,
    () => true,
  );
  const answer = await Promise.race([settled, clock.sleep(ms, enough.signal).then(() => false)]);
  enough.abort(over);
  return answer;
}

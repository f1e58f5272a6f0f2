import type { Clock } from "../core/clock.ts";
import { over } from "../core/over.ts";

/** Word that something has changed, without saying what: who hears it looks for itself. */
export interface Changes {
  notify(): void;
  /** How often there was word. A count that has grown shows that something was missed. */
  count(): number;
  /**
   * Resolves at the next notify, or when the signal aborts; never rejects. Nothing is missed by code that
   * looks and then calls this without awaiting anything in between.
   */
  next(signal?: AbortSignal): Promise<void>;
}

export function changes(): Changes {
  let waiting = new Set<() => void>();
  let count = 0;
  return {
    notify: () => {
      count++;
      const woken = waiting;
      waiting = new Set();
      for (const wake of woken) wake();
    },
    count: () => count,
    next: (signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = () => {
          waiting.delete(wake);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        waiting.add(wake);
        signal?.addEventListener("abort", wake);
      }),
  };
}

/**
 * Waits for the next change, or for an instant (`Infinity` for none), or for something else that comes, or for the signal to abort.
 * Whatever else is waited for is given up then.
 */
export async function changeOrInstant(
  { next }: Changes,
  clock: Clock,
  atMs: number,
  signal: AbortSignal,
  comes?: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (atMs === Infinity && comes === undefined) return next(signal);
  if (signal.aborted) return;
  // No AbortSignal.any: the garbage that it makes lives as long as the wait, and so grows old.
  const done = new AbortController();
  const end = () => done.abort(over);
  signal.addEventListener("abort", end);
  const waits = [clock.sleep(Math.max(0, atMs - clock.now()), done.signal), next(done.signal)];
  if (comes !== undefined) waits.push(comes(done.signal));
  await Promise.race(waits);
  signal.removeEventListener("abort", end);
  end();
}

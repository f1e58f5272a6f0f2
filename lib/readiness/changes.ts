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

/** Waits for the next change, or for an instant (`Infinity` for none), or for the signal to abort. */
export async function changeOrInstant(
  { next }: Changes,
  clock: Clock,
  atMs: number,
  signal: AbortSignal,
): Promise<void> {
  if (atMs === Infinity) return next(signal);
  if (signal.aborted) return;
  // No AbortSignal.any: the garbage that it makes lives as long as the wait, and so grows old.
  const done = new AbortController();
  const end = () => done.abort(over);
  signal.addEventListener("abort", end);
  await Promise.race([clock.sleep(Math.max(0, atMs - clock.now()), done.signal), next(done.signal)]);
  signal.removeEventListener("abort", end);
  end();
}

import type { Clock } from "../../core/clock.ts";
import { over } from "../../core/over.ts";

/** Does something that ends when its signal aborts: after `ms` at the latest, and when the other signal does. */
export async function within<T>(
  ms: number,
  clock: Clock,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  void clock.sleep(ms, done.signal).then(() => {
    if (!done.signal.aborted) late.abort(new Error(`no answer within ${ms / 1000}s`));
  });
  try {
    return await work(AbortSignal.any([signal, late.signal]));
  } finally {
    done.abort(over);
  }
}

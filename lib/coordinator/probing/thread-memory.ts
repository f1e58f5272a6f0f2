import type { Worker } from "node:worker_threads";
import type { Clock } from "../../core/clock.ts";

/** How much memory the thread of a module may use, buffers included. */
export const memoryMiB = 256;
/** How often that is looked at. */
const checkMs = 250;

/**
 * What V8 ends a thread at by itself, buffers not counted. It is far above {@link memoryMiB}, because V8 ends the whole
 * process where a thread takes more than a few MiB past its limit at once: `JSON.parse()` of a long text does.
 */
export const resourceLimits = { maxOldGenerationSizeMb: 1024 };

/** Looks at a thread's memory until the signal aborts; resolves with whether it used too much before. */
export async function usesTooMuch(
  worker: () => Worker | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    await clock.sleep(checkMs, signal);
    if (signal.aborted) return false;
    // The thread is interrupted for it, even where it computes without awaiting. One that has ended does not answer.
    const used = await worker()
      ?.getHeapStatistics()
      .catch(() => undefined);
    if (signal.aborted) return false;
    if (used !== undefined && used.used_heap_size + used.external_memory > memoryMiB * 1024 * 1024)
      return true;
  }
}

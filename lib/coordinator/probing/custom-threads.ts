import type { LoadModule } from "../../probe/custom-module.ts";
import type { CustomThread, ThreadDependencies } from "./custom-thread.ts";
import { startThread } from "./custom-thread.ts";

/**
 * Runs the modules of custom probes, each in a thread of its own, so that one that blocks, crashes, exits or prints
 * harms nothing but its own attempts. A thread is started when its module is first wanted, and again after it has
 * ended; it ends when it has had nothing to do for some minutes.
 */
export function customThreads(dependencies: ThreadDependencies): LoadModule {
  const threads = new Map<string, CustomThread>();
  const threadOf = (module: string): CustomThread => {
    const known = threads.get(module);
    if (known !== undefined && !known.isOver()) return known;
    const thread = startThread(module, known?.ended ?? Promise.resolve(), dependencies);
    threads.set(module, thread);
    return thread;
  };
  return async (module, signal) => {
    const thread = threadOf(module);
    const release = thread.hold();
    try {
      await unlessAborted(thread.loaded, signal, `the attempt was called off while loading ${module}`);
    } finally {
      release();
    }
    return thread;
  };
}

async function unlessAborted(
  work: Promise<void>,
  signal: AbortSignal | undefined,
  why: string,
): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(new Error(why));
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

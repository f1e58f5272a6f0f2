import { PhasegateError } from "../../core/errors.ts";
import { onEngineCall } from "./engine-call.ts";

const interrupted = new AbortController();

// Where nobody announces it, a Ctrl-C waits until what is under way has ended, as it does for every dynamic provider.
onEngineCall("Cancel", () => interrupted.abort());

/**
 * Waits for work that may take long, and no longer than until the first Ctrl-C. What the work has begun on the engine
 * or the coordinator goes on there: the next run of the same command finds it.
 * @param waiting what is waited for, in words: "the gate of database was waiting: 1/2 ready"
 * @throws PhasegateError PHASEGATE_INTERRUPTED
 */
export async function untilInterrupted<T>(work: Promise<T>, waiting: () => string): Promise<T> {
  const { signal } = interrupted;
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () =>
    reject(
      new PhasegateError(
        "PHASEGATE_INTERRUPTED",
        `interrupted: ${waiting()}\nWhat runs is left running. The same command continues from here.`,
      ),
    );
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

import { subscribe } from "node:diagnostics_channel";
import { PhasegateError } from "../../core/errors.ts";

/** What Pulumi's engine calls on every provider at the first Ctrl-C. */
const cancelPath = "/pulumirpc.ResourceProvider/Cancel";

const interrupted = new AbortController();

/**
 * Pulumi's own server for dynamic providers answers the call and passes it on to nobody. Node.js announces every
 * request that an HTTP/2 server gets (`http2.server.stream.start`, in Node.js 24): the call is seen there. Where Node.js
 * does not announce it, a Ctrl-C waits until what is under way has ended, as it does for every dynamic provider.
 */
subscribe("http2.server.stream.start", (message) => {
  if (pathOf(message) === cancelPath) interrupted.abort();
});

function pathOf(message: unknown): unknown {
  const { headers } = message as { readonly headers?: Readonly<Record<string, unknown>> };
  return headers?.[":path"];
}

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
        `interrupted: ${waiting()}\nWhat runs is left running. The same command goes on from here.`,
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

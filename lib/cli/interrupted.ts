/** Calls a function at the first Ctrl-C, or when the process is asked to end, in place of ending it, while some work goes on. */
export async function onInterrupt<T>(interrupt: () => void, work: () => Promise<T>): Promise<T> {
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  try {
    return await work();
  } finally {
    process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
  }
}

/** The exit code of a command that a Ctrl-C has broken off, as shells have it. */
export const interruptedCode = 130;

/** Lets so many pieces of work be done at once; the others wait for their turn. */
export interface Slots {
  /**
   * Resolves when there is a free slot, with what frees it again. Who is urgent goes before others, and is let in while these are
   * held back. @throws the signal's reason when it aborts first
   */
  take(urgent: boolean, signal: AbortSignal): Promise<() => void>;
  /** Holds back what is not urgent, or does so no longer. */
  hold(held: boolean): void;
}

export function slots(atOnce: number): Slots {
  const urgent = new Set<() => void>();
  const others = new Set<() => void>();
  let free = atOnce;
  let held = false;

  const letIn = () => {
    while (free > 0) {
      const queue = urgent.size > 0 || held ? urgent : others;
      const [first] = queue;
      if (first === undefined) return;
      queue.delete(first);
      free--;
      first();
    }
  };
  const release = () => {
    free++;
    letIn();
  };

  return {
    take: (isUrgent, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const queue = isUrgent ? urgent : others;
        const enter = () => {
          signal.removeEventListener("abort", leave);
          resolve(release);
        };
        const leave = () => {
          queue.delete(enter);
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", leave, { once: true });
        queue.add(enter);
        letIn();
      }),
    hold: (now) => {
      held = now;
      letIn();
    },
  };
}

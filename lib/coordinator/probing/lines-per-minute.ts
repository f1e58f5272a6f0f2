/** How many lines of one module are logged in a minute. */
export const linesPerMinute = 100;

const minuteMs = 60_000;

/** Counts: each call gives how many there have been within the minute that the first of them began. */
export function countPerMinute(now: () => number): () => number {
  let beganMs = -Infinity;
  let count = 0;
  return () => {
    if (now() >= beganMs + minuteMs) {
      beganMs = now();
      count = 0;
    }
    return ++count;
  };
}

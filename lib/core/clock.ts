/** Time as the code sees it. It is passed in, so that tests turn hours into steps. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /**
   * Resolves after `ms`, or as soon as the signal aborts; never rejects. It may resolve early after a sleep of
   * 24 days, the most that a timer takes: who sleeps that long looks at the time again.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What a timer of Node.js can hold; more than this would end at once. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, signal, (timer) => timer.ref()),
};

/**
 * A clock that no change of the machine's time moves: it shows the time at which the process began, and what has passed since. For
 * deadlines and intervals of a process that runs for long.
 */
export const steadyClock: Clock = {
  now: () => Math.round(performance.timeOrigin + performance.now()),
  sleep: systemClock.sleep,
};

/** The machine's own clock, for what happens in the background: a sleep keeps no process alive. */
export const backgroundClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => sleep(ms, signal, (timer) => timer.unref()),
};

function sleep(
  ms: number,
  signal: AbortSignal | undefined,
  keep: (timer: NodeJS.Timeout) => void,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const wake = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, Math.min(ms, longestTimerMs));
    keep(timer);
    signal?.addEventListener("abort", wake);
  });
}

/** A source of numbers from 0 up to, not including, 1: `Math.random`, or a seeded one in tests. */
export type Random = () => number;

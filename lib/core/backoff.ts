import type { Random } from "./clock.ts";

/** How waits grow from one try to the next. Milliseconds. */
export interface Backoff {
  readonly initialMs: number;
  readonly multiplier: number;
  readonly maxMs: number;
  /**
   * The share of a wait that is left to chance, 0 to 1. With 0.2 a wait of 100 ms becomes one of
   * 80 to 100 ms, so that many waiting probes do not strike at the same instant.
   */
  readonly jitter: number;
}

/**
 * The wait after try number `n`, counted from 0: `min(initial * multiplier^n, max)`, less a random
 * part of at most `jitter`. The formula is capped exponential back-off with equal jitter as described
 * in "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015), with the share made a parameter.
 */
export function backoffMs(
  { initialMs, multiplier, maxMs, jitter }: Backoff,
  n: number,
  random: Random,
): number {
  const full = Math.min(initialMs * multiplier ** n, maxMs);
  return full * (1 - jitter * random());
}

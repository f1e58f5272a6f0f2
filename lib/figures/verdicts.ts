import type { FigureVerdict } from "../model/figures.ts";
import {
  eventsFor,
  isSurelyAbove,
  isSurelyBelow,
  isSurelyMoreOften,
  isSurelyRarer,
  periodsFor,
} from "./chance.ts";

/** What can be said, and how much more it would take to say more. */
export interface Said {
  readonly verdict: Exclude<FigureVerdict, "notMeasured">;
  /** How many events, or periods, it takes to be met if no more bad ones come; undefined where it is not too few. */
  readonly takes?: number;
}

/**
 * Whether fewer than `allowed` of all events are bad. Each says met only with a confidence of 95 %; missed where what was measured is
 * past the target and as many events are there as could show the opposite, or with that confidence of any number of events.
 * @example shareVerdict(0, 598, 0.005) // met: with fewer, no failure at all would not be enough
 */
export function shareVerdict(bad: number, total: number, allowed: number): Said {
  if (isSurelyBelow(bad, total, allowed)) return { verdict: "met" };
  const isPast = bad > total * allowed && total >= eventsFor(0, allowed);
  if (isPast || isSurelyAbove(bad, total, allowed)) return { verdict: "missed" };
  return { verdict: "tooFew", takes: eventsFor(bad, allowed) };
}

/**
 * Whether there is less than one event a period, of so many in so many periods, on the assumption that they come by chance.
 * @example rateVerdict(0, 3) // met: that many periods without any, at the least
 */
export function rateVerdict(count: number, periods: number): Said {
  if (isSurelyRarer(count, periods)) return { verdict: "met" };
  const isPast = count >= periods && periods >= periodsFor(0);
  if (isPast || isSurelyMoreOften(count, periods)) return { verdict: "missed" };
  return { verdict: "tooFew", takes: periodsFor(count) };
}

/**
 * Whether the mean of some values is below `limit`. A mean of few is whatever the longest of them is, so it is not enough alone: it
 * must be certain of the median as well, which takes no assumption of how they are spread.
 * @example meanVerdict([41, 39, 40, 44, 42], 180) // met: 5 values, at the least
 */
export function meanVerdict(values: readonly number[], limit: number): Said {
  const over = values.filter((value) => value >= limit).length;
  const least = eventsFor(0, half);
  const isPast = meanOf(values) >= limit;
  if (!isPast && isSurelyBelow(over, values.length, half)) return { verdict: "met" };
  if (isPast && values.length >= least) return { verdict: "missed" };
  return { verdict: "tooFew", takes: eventsFor(over, half) };
}

const half = 0.5;

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

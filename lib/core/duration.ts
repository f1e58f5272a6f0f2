import { z } from "zod";
import { shortened } from "./zod-problems.ts";

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/**
 * A length of time as people write it: a number and one unit, "100ms", "1.5s", "3m", "1h".
 * Durations are written this way in declarations, config, plans and Pulumi's state; code that arms
 * a timer converts with {@link durationMs}.
 */
export type Duration = `${number}${keyof typeof unitMs}`;

const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** Whether a text is a {@link Duration}: not negative, one unit, no spaces. */
export function isDuration(text: string): text is Duration {
  return pattern.test(text);
}

/**
 * The milliseconds in a duration.
 * @throws RangeError when the text is not a duration; declarations and config are validated before.
 * @example durationMs("1.5s") // 1500
 */
export function durationMs(duration: Duration): number {
  const [, amount, unit] = pattern.exec(duration) ?? [];
  if (amount === undefined || unit === undefined) throw new RangeError(`"${duration}" is not a duration`);
  // 4145.1 s times 1000 is 4145100.0000000005 in floating point, which has 15 digits for certain.
  return Number((Number(amount) * unitMs[unit as keyof typeof unitMs]).toPrecision(15));
}

/**
 * The shortest way to write whole milliseconds in one unit of at most seconds: 250 is "250ms",
 * 270000 is "270s". Seconds are kept where minutes would do: budgets are compared at a glance.
 */
export function toDuration(ms: number): Duration {
  // 180 s times 1.1 is 198000.00000000003 ms in floating point.
  const whole = Math.round(ms);
  return whole >= 1000 && whole % 100 === 0 ? `${whole / 1000}s` : `${whole}ms`;
}

/** Milliseconds for a sentence or a table, rounded to what a reader can use: "41ms", "2.3s", "4m30s". */
export function describeMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** As {@link describeMs}, also where it is hours and days: "3h 20m", "29d 4h". */
export function describeLongMs(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return describeMs(ms);
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours}h ${minutes % 60}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

const form = 'a duration such as "500ms", "15s" or "3m"';

/** Accepts any duration in parsed data. */
export const durationSchema = z.custom<Duration>((value) => typeof value === "string" && isDuration(value), {
  error: `must be ${form}`,
});

/** What no timeout of a start or a probe exceeds. Timers of Node.js end at 24 days. */
export const longestDuration = "168h" satisfies Duration;

/** Accepts a duration that something may take or wait for: from a millisecond to a week. */
export const positiveDuration = boundedDuration(1, "1ms");

/** As {@link positiveDuration}, for what is done again and again: from a second. */
export const secondOrMore = boundedDuration(1000, "1s");

/** As {@link positiveDuration}, where none at all makes sense too: "0s". */
export const durationOrZero = boundedDuration(0, "0s");

function boundedDuration(leastMs: number, least: Duration): z.ZodType<Duration> {
  const mostMs = durationMs(longestDuration);
  const isWithin = (text: string) => {
    if (!isDuration(text)) return false;
    const ms = durationMs(text);
    return ms >= leastMs && ms <= mostMs;
  };
  return z.custom<Duration>((value) => typeof value === "string" && isWithin(value), {
    error: ({ input }) => {
      if (typeof input !== "string" || input === "") return `must be ${form}`;
      return isDuration(input)
        ? `"${shortened(input)}" is out of range: it must be from ${least} to ${longestDuration}`
        : `"${shortened(input)}" is not ${form}`;
    },
  });
}

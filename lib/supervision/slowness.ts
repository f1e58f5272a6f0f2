import type { Duration } from "../core/duration.ts";
import { durationMs } from "../core/duration.ts";
import type { SlowBound } from "../model/supervision.ts";
import { leastAttempts } from "../model/supervision.ts";

/** How many attempts took how long: `counts[i]` of them fell into bucket `first + i`. */
interface Histogram {
  readonly first: number;
  readonly counts: readonly number[];
}

/** The attempts of a span of time that begins at `fromMs`. */
interface Slot extends Histogram {
  readonly fromMs: number;
}

/**
 * How long the attempts of one probe took: plain JSON, bounded. It has at most 20 slots of at most 160 counts, which is 20 KB at
 * the very worst; a probe whose latencies stay within two doublings takes 2 KB with a baseline of a day.
 */
export interface SlownessRecord {
  /** What it was noted for: with another window or baseline it begins again. */
  readonly window: Duration;
  readonly baseline: Duration;
  /** The slots of the window, the oldest first. */
  readonly recent: readonly Slot[];
  /** Those of the baseline before it. */
  readonly earlier: readonly Slot[];
  /** Whether it was slow at the last attempt. */
  readonly slow: boolean;
}

/** How slow a probe is: the 95th percentile of the window, that of the baseline, and how many times that it is. */
export interface Slowness {
  readonly p95Ms: number;
  readonly baselineMs: number;
  readonly factor: number;
}

/** Time is cut into slots. What is in a slot that is partly older than the window, or than the baseline, still counts. */
const slotsOfWindow = 6;
const slotsOfBaseline = 12;

/** Buckets grow by the eighth root of 2, so a latency is known to 4.5 per cent; the last one begins at 17 minutes. */
const bucketsToDouble = 8;
const lastBucket = 20 * bucketsToDouble - 1;

/**
 * What a busy machine does to an attempt in any case: below, nothing is slow, however fast it was before. Who wants to know bounds
 * it by `p95` or `latency()`.
 */
const neverSlowMs = 10;

/** Slow is over at 80 per cent of the way from the baseline to the bound: at 2.6 times the baseline where the factor is 3. */
const recoversAt = 0.8;

/**
 * The record after one more attempt that passed. What one took that failed says nothing of the speed, so it is not noted.
 * @param record undefined before the first
 */
export function noteLatency(
  record: SlownessRecord | undefined,
  tookMs: number,
  nowMs: number,
  bound: SlowBound,
): SlownessRecord {
  const { recent, ...others } = at(record, nowMs, bound);
  const attempt: Slot = {
    fromMs: slotAt(nowMs, windowSlotMs(bound)),
    first: bucketOf(tookMs),
    counts: [1],
  };
  const noted = { ...others, recent: added(recent, attempt) };
  return { ...noted, slow: slownessOf(noted, bound, nowMs) !== undefined };
}

/**
 * How slow the probe is; undefined where it is not, or where there are not enough attempts to say. It is slow where the 95th
 * percentile of the window is more than `factor` times that of the rest of the baseline; once it is, until it is less than
 * `1 + 0.8 × (factor − 1)` times. What is noted while it is slow does not become a part of the baseline: a slowness that lasts is
 * over when the baseline has forgotten what was before it, and not sooner.
 */
export function slownessOf(
  record: SlownessRecord | undefined,
  bound: SlowBound,
  nowMs: number,
): Slowness | undefined {
  const { recent, earlier, slow } = at(record, nowMs, bound);
  const [window, baseline] = [merged(recent), merged(earlier)];
  if (countOf(window) < leastAttempts.window || countOf(baseline) < leastAttempts.baseline) return undefined;
  const [p95Ms, baselineMs] = [p95Of(window), p95Of(baseline)];
  const factor = p95Ms / baselineMs;
  const most = slow ? 1 + (bound.factor - 1) * recoversAt : bound.factor;
  if (p95Ms < neverSlowMs || factor <= most) return undefined;
  return {
    p95Ms: Math.round(p95Ms),
    baselineMs: Math.round(baselineMs),
    factor: Math.round(factor * 10) / 10,
  };
}

/** The record as it is at an instant: what has left the window is of the baseline, and what has left that is gone. */
function at(record: SlownessRecord | undefined, nowMs: number, bound: SlowBound): SlownessRecord {
  const { window, baseline } = bound;
  if (record === undefined || record.window !== window || record.baseline !== baseline)
    return { window, baseline, recent: [], earlier: [], slow: false };
  // After a step back of the clock there are slots of the future: they would stay until then.
  const known = ({ fromMs }: Slot) => fromMs <= nowMs;
  const isWithin = (ms: number, slotMs: number) => (slot: Slot) => slot.fromMs + slotMs > nowMs - ms;
  const inWindow = isWithin(durationMs(window), windowSlotMs(bound));
  const slotMs = baselineSlotMs(bound);
  const past = record.slow ? [] : record.recent.filter((slot) => known(slot) && !inWindow(slot));
  const earlier = past.reduce<readonly Slot[]>(
    (slots, slot) => added(slots, { ...slot, fromMs: slotAt(slot.fromMs, slotMs) }),
    record.earlier,
  );
  return {
    ...record,
    recent: record.recent.filter((slot) => known(slot) && inWindow(slot)),
    earlier: earlier.filter(known).filter(isWithin(durationMs(baseline), slotMs)),
  };
}

function windowSlotMs({ window }: SlowBound): number {
  return Math.ceil(durationMs(window) / slotsOfWindow);
}

function baselineSlotMs({ baseline }: SlowBound): number {
  return Math.ceil(durationMs(baseline) / slotsOfBaseline);
}

function slotAt(ms: number, slotMs: number): number {
  return Math.floor(ms / slotMs) * slotMs;
}

function added(slots: readonly Slot[], slot: Slot): readonly Slot[] {
  const last = slots.at(-1);
  return last?.fromMs === slot.fromMs
    ? [...slots.slice(0, -1), { ...merged([last, slot]), fromMs: slot.fromMs }]
    : [...slots, slot];
}

function bucketOf(ms: number): number {
  return Math.min(lastBucket, Math.floor(Math.log2(Math.max(1, ms)) * bucketsToDouble));
}

function merged(histograms: readonly Histogram[]): Histogram {
  const first = Math.min(...histograms.map((one) => one.first));
  const end = Math.max(...histograms.map((one) => one.first + one.counts.length));
  const counts = new Array<number>(Math.max(0, end - first)).fill(0);
  for (const one of histograms)
    for (const [i, n] of one.counts.entries())
      counts[one.first - first + i] = (counts[one.first - first + i] ?? 0) + n;
  return { first, counts };
}

function countOf({ counts }: Histogram): number {
  return counts.reduce((sum, n) => sum + n, 0);
}

/** By nearest rank, as in `percentile()`: the middle of the bucket that it is in. */
function p95Of(histogram: Histogram): number {
  let left = Math.ceil((countOf(histogram) * 95) / 100);
  const i = histogram.counts.findIndex((n) => (left -= n) <= 0);
  return 2 ** ((histogram.first + i + 0.5) / bucketsToDouble);
}

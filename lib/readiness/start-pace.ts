/** How closely the attempts of a start may follow each other, whatever its cadence has grown to. */

/**
 * What all probes that wait share: with one attempt in so many milliseconds at most, asking takes a quarter of a processor. They come
 * closer than their cadence alone has them as long as there are few of them.
 */
const sharedMs = 13;

/** What takes long to try is tried again after so many times as long. */
const restFactor = 3;

/** When a service is likely to become ready, in milliseconds from its container's start. */
export interface ReadinessWindow {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The longest time for which attempts are close because of what earlier starts have shown. */
const longestWindowMs = 3000;

/** From how long earlier starts have taken; undefined where there was none. */
export function readinessWindow(durationsMs: readonly number[]): ReadinessWindow | undefined {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  if (least === undefined || median === undefined || most === undefined) return undefined;
  // As much as starts differ that are alike.
  const marginMs = 100 + 0.05 * median;
  return {
    fromMs: Math.max(least - marginMs, median - longestWindowMs / 2),
    untilMs: Math.min(most + marginMs, median + longestWindowMs / 2),
  };
}

/** What the pace of a probe depends on. */
export interface PaceCircumstances {
  /** The wait that the cadence begins with. */
  readonly initialMs: number;
  /** How long waits stay as short as that; 0 where nothing keeps them short. */
  readonly steadyMs: number;
  /** Since its first attempt. */
  readonly probedForMs: number;
  /** Since its container's start; undefined where that is not known. */
  readonly ranForMs: number | undefined;
  readonly window: ReadinessWindow | undefined;
  /** How many probes of all services wait to pass, this one among them. */
  readonly waiting: number;
  /** How long the last attempt took. */
  readonly tookMs: number;
}

/** The longest wait to the next attempt, as far as the time of the start says; Infinity where the cadence alone decides. */
export function longestWaitMs(circumstances: PaceCircumstances): number {
  const { initialMs, steadyMs, probedForMs, ranForMs, window, waiting, tookMs } = circumstances;
  const isLikely =
    window !== undefined && ranForMs !== undefined && ranForMs >= window.fromMs && ranForMs <= window.untilMs;
  if (probedForMs >= steadyMs && (!isLikely || steadyMs === 0)) return Infinity;
  return Math.max(initialMs, waiting * sharedMs, restFactor * tookMs);
}

/** The least time between two connections to a port that refuses them. */
const leastConnectMs = 10;
/** What all probes share that wait for their port: a connection that is refused takes a tenth of an attempt. */
const sharedConnectMs = 2;
/** The share of the time since the beginning that it may take to notice. */
const connectShare = 0.005;

/** How long after a connection that was refused the next one is tried. */
export function connectEveryMs(probedForMs: number, waiting: number): number {
  return Math.max(leastConnectMs, waiting * sharedConnectMs, connectShare * probedForMs);
}

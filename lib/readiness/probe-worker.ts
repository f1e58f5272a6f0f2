import type { Backoff } from "../core/backoff.ts";
import { backoffMs } from "../core/backoff.ts";
import type { Clock, Random } from "../core/clock.ts";
import type { Outcome } from "../probe/outcome.ts";
import type { Changes } from "./changes.ts";
import { changeOrInstant } from "./changes.ts";

/** What a worker does its work with. */
export interface ProbeWork {
  /** One attempt. Never rejects. */
  attempt(signal: AbortSignal): Promise<Outcome>;
  /** Takes the outcome into the record, and says whether the probe passes now. */
  report(outcome: Outcome): {
    readonly passing: boolean;
    /** Until when it is tried as often as one that does not pass, though it passes. */
    readonly oftenUntilMs?: number | undefined;
  };
  readonly cadence: Backoff;
  /** The longest wait that the time of the start allows after an attempt that took so long. Default: the cadence alone decides. */
  readonly longestWaitMs?: (tookMs: number) => number;
  /**
   * Waits, after this outcome, for what may let the next attempt pass: resolves then, and when the signal aborts. Attempts need not be
   * close meanwhile. Undefined where nothing can be waited for but time.
   */
  readonly until?: (outcome: Outcome) => ((signal: AbortSignal) => Promise<void>) | undefined;
  /** News about the service: a probe that does not pass yet runs again at once. */
  readonly news: Changes;
  /** Every probe is to run now, also one that passes. */
  readonly askNow: Changes;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * What takes long to try is work for the machine that the service starts on: it rests as long as it has worked, but no longer than
 * this, since an attempt also takes long where a server does not answer.
 */
const longestRestMs = 100;

/** The least wait where something else than time is waited for: an attempt only confirms that it is still so. */
const waitsForMs = 250;

/**
 * Asks one probe again and again until the signal aborts: at once, then after waits that grow. A probe that
 * passes goes on, at the slowest cadence, until the whole service is ready: the verdict is then
 * of one moment. Where the service must stay ready for a time, its probes are tried as often as at the start until that is over, and
 * once when it is. One worker a probe, as the kubelet's prober has it.
 */
export async function workProbe(work: ProbeWork, signal: AbortSignal): Promise<void> {
  const { attempt, report, cadence, news, askNow, clock, random } = work;
  const { longestWaitMs = () => Infinity, until: untilOf = () => undefined } = work;
  let until: number | undefined;
  let often = 0;
  /** By which the waits grow, those that were not waited for among them; what was kept short adds no more than it was. */
  let waitedMs = 0;
  while (!signal.aborted) {
    const seen = news.count();
    const beganMs = clock.now();
    const outcome = await attempt(signal);
    if (signal.aborted) return;
    const tookMs = clock.now() - beganMs;
    const restMs = Math.min(tookMs, longestRestMs);
    const missed = news.count() !== seen;
    const { passing, oftenUntilMs } = report(outcome);
    // What was ready and is not begins again, as what starts.
    if (!passing && until !== undefined) waitedMs = 0;
    const grownMs = cadence.initialMs + (cadence.multiplier - 1) * waitedMs;
    const fullMs = Math.min(grownMs, cadence.maxMs, longestWaitMs(tookMs));
    waitedMs += fullMs;
    if (oftenUntilMs !== until) often = 0;
    until = oftenUntilMs;
    if (passing) {
      const soonMs = restMs + backoffMs(cadence, often++, random);
      // An attempt that began before the end says nothing of the end.
      const endsInMs = beganMs < (until ?? -Infinity) ? (until ?? 0) - clock.now() : Infinity;
      const waitMs = until === undefined ? cadence.maxMs : Math.min(soonMs, endsInMs);
      await changeOrInstant(askNow, clock, clock.now() + waitMs, signal);
    } else if (!missed) {
      const waitMs = fullMs * (1 - cadence.jitter * random());
      const comes = untilOf(outcome);
      const atMs = clock.now() + restMs + (comes ? Math.max(waitMs, waitsForMs) : waitMs);
      await changeOrInstant(news, clock, atMs, signal, comes);
    }
  }
}

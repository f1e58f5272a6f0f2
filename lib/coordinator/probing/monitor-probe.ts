import type { Clock, Random } from "../../core/clock.ts";
import type { Outcome } from "../../probe/outcome.ts";
import type { Changes } from "../../readiness/changes.ts";
import { changeOrInstant } from "../../readiness/changes.ts";

/** What a probe of a service that has been ready is monitored with. */
export interface Monitoring {
  attempt(signal: AbortSignal): Promise<Outcome>;
  report(outcome: Outcome): { readonly passing: boolean; readonly undecided: boolean };
  /** The interval as it is now. */
  intervalMs(): number;
  /** Somebody wants an answer of now. */
  readonly askNow: Changes;
  /** Something has changed that may let a probe pass which does not. */
  readonly news: Changes;
  readonly clock: Clock;
  readonly random: Random;
}

/** How soon a probe is tried again whose failure is not decided yet: it is detected within the interval and so much a failure. */
const undecidedMs = 1000;
/** The share of an interval that is left to chance: many probes do not strike at the same instant. */
const jitter = 0.1;

/** Tries a probe at an interval until the signal aborts; one that fails is tried faster until that is decided. */
export async function monitorProbe(
  { attempt, report, intervalMs, askNow, news, clock, random }: Monitoring,
  signal: AbortSignal,
): Promise<void> {
  let wake: Changes = askNow;
  let waitMs = intervalMs() * random();
  let heard = wake.count();
  for (;;) {
    if (wake.count() === heard) await changeOrInstant(wake, clock, clock.now() + waitMs, signal);
    if (signal.aborted) return;
    const [before, newsBefore] = [askNow.count(), news.count()];
    const outcome = await attempt(signal);
    if (signal.aborted) return;
    const { passing, undecided } = report(outcome);
    const soon = undecided || outcome.status === "unknown";
    waitMs = soon ? Math.min(undecidedMs, intervalMs()) : intervalMs() * (1 - jitter * random());
    [wake, heard] = passing ? [askNow, before] : [news, newsBefore];
  }
}

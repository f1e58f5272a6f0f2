import type { Clock } from "../../core/clock.ts";
import type { FigureHistory } from "../../history/figure-history.ts";
import type { ObservedAttempt } from "./observer.ts";
import type { ConfiguredObserver } from "./telemetry.ts";

/** What the observer of attempts works with. */
export interface LatencyDependencies {
  readonly history: Pick<FigureHistory, "attempts" | "deployment" | "watched">;
  readonly clock: Clock;
  /** Milliseconds since the epoch, as a person's clock has it. */
  readonly wallMs: () => number;
  /** When the coordinator's process began. */
  readonly startedMs: number;
}

/** Keeps what is attempted. */
export interface LatenciesObserver extends ConfiguredObserver {
  /** Writes what waits. */
  close(): void;
}

/** How often attempts are written: what was attempted since is lost where the coordinator is killed. */
export const writtenEveryMs = 60_000;

/** So many attempts are written at once at the latest. */
const mostWaiting = 10_000;

/**
 * Keeps what success figures come from: how long attempts take, in batches, how each `up` came out, and that the coordinator was there.
 * Of the attempts of a minute in which it is killed nothing is kept.
 */
export function latenciesObserver({
  history,
  clock,
  wallMs,
  startedMs,
}: LatencyDependencies): LatenciesObserver {
  const closed = new AbortController();
  let waiting: ObservedAttempt[] = [];

  const write = (): void => {
    const batch = waiting;
    waiting = [];
    if (batch.length > 0) history.attempts(batch);
    history.watched({ sinceMs: startedMs, untilMs: Math.max(startedMs, wallMs()) });
  };
  const keepWriting = async () => {
    while (!closed.signal.aborted) {
      write();
      await clock.sleep(writtenEveryMs, closed.signal);
    }
  };
  void keepWriting();

  return {
    configure: () => undefined,
    deployment: (deployment) => history.deployment(deployment),
    attempt: (attempt) => {
      waiting.push(attempt);
      if (waiting.length >= mostWaiting) write();
    },
    close: () => {
      if (closed.signal.aborted) return;
      closed.abort();
      write();
    },
  };
}

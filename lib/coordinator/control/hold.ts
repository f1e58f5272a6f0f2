import type { Clock } from "../../core/clock.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** Leaves the stack alone for a time, while somebody works on it: what fails is noticed, and nothing is begun. */
export interface Hold {
  /** Holds until an instant, and returns it. */
  until(atMs: number): number;
  /** Ends a hold, and returns until when it was; undefined when there was none. */
  release(): number | undefined;
  untilMs(): number | undefined;
}

/** What a hold works with. */
export interface HoldDependencies {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  /** Until when the stack was held when the coordinator ended. */
  readonly kept: number | undefined;
  readonly keep: (untilMs: number | undefined) => void;
}

export function holds({ supervisor, clock, kept, keep }: HoldDependencies): Hold {
  let untilMs: number | undefined;
  let stop = new AbortController();

  const set = (atMs: number | undefined): void => {
    stop.abort();
    untilMs = atMs;
    keep(atMs);
    supervisor.hold(atMs !== undefined);
    if (atMs === undefined) return;
    const { signal } = (stop = new AbortController());
    void clock.sleep(atMs - clock.now(), signal).then(() => signal.aborted || set(undefined));
  };

  if (kept !== undefined && kept > clock.now()) set(kept);
  return {
    until: (atMs) => {
      set(atMs);
      return atMs;
    },
    release: () => {
      const before = untilMs;
      set(undefined);
      return before;
    },
    untilMs: () => untilMs,
  };
}

import { backoffMs } from "../../core/backoff.ts";
import type { Clock, Random } from "../../core/clock.ts";
import { errorText } from "../../core/errors.ts";
import { over } from "../../core/over.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Pattern } from "../../model/pattern.ts";
import { patternText } from "../../model/pattern.ts";
import type { LineSearch } from "../../probe/log-line/line-search.ts";
import { lineSearch } from "../../probe/log-line/line-search.ts";
import type { SearchedLines } from "../../probe/probe-kind.ts";
import type { Changes } from "../../readiness/changes.ts";
import { changeOrInstant, changes } from "../../readiness/changes.ts";
import type { Log } from "../log.ts";
import { enginePatience } from "./engine-patience.ts";
import { isRefusal } from "./is-refusal.ts";

/** A run of a container, and the instant from which on its output is its own. */
export interface FollowedRun {
  readonly id: string;
  readonly startedMs: number | undefined;
  readonly beginsMs: number;
}

/**
 * The lines of containers that probes wait for, seen as they are written: one stream for each run and pattern, from the first
 * attempt on until the line has come. That it has come holds for as long as the run does, whatever becomes of the log.
 */
export interface FollowedLines {
  /** What is known of a run's output up to now. Undefined where it is not followed without a gap: it has to be asked for. */
  search(run: FollowedRun, pattern: Pattern, signal: AbortSignal): Promise<SearchedLines | undefined>;
  /** Nobody asks about this container any more. */
  forget(id: string): void;
  close(): void;
}

export interface FollowedLinesDependencies {
  readonly engine: Pick<Engine, "followOutput">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** A line that somebody waits for has come. */
  readonly onFound: (id: string) => void;
}

/** How long an attempt waits until all that was written before has been read; one that comes earlier than that asks. */
const catchesUpWithinMs = 1000;

interface Follow {
  readonly startedMs: number | undefined;
  readonly stop: AbortController;
  readonly changed: Changes;
  search: LineSearch;
  /** Whether all has been read that was written up to now. */
  isCurrent: boolean;
  underWay: boolean;
  failures: number;
  /** When a stream that has ended may be begun again; Infinity for never. */
  againMs: number;
}

export function followedLines({
  engine,
  clock,
  random,
  log,
  onFound,
}: FollowedLinesDependencies): FollowedLines {
  const follows = new Map<string, Map<string, Follow>>();

  const followOf = ({ id, startedMs }: FollowedRun, pattern: Pattern): Follow => {
    const own = follows.get(id) ?? new Map<string, Follow>();
    follows.set(id, own);
    const known = own.get(patternText(pattern));
    if (known !== undefined && known.startedMs === startedMs) return known;
    known?.stop.abort();
    const follow: Follow = {
      ...{ startedMs, stop: new AbortController(), changed: changes(), search: lineSearch(pattern) },
      ...{ isCurrent: false, underWay: false, failures: 0, againMs: -Infinity },
    };
    own.set(patternText(pattern), follow);
    return follow;
  };

  /** From the beginning of the run, also where it is begun again: no line is lost, and none counts twice. */
  async function begin(own: Follow, { id, beginsMs }: FollowedRun, pattern: Pattern): Promise<void> {
    Object.assign(own, { underWay: true, search: lineSearch(pattern) });
    const { signal } = own.stop;
    let givenUp = false;
    const lines = (some: readonly string[]) => {
      try {
        own.search.take(some);
      } catch (error) {
        // The pattern does not come to an end: each attempt says so.
        givenUp = true;
        throw error;
      }
      if (!own.search.result().found || signal.aborted) return;
      own.stop.abort(over);
      own.changed.notify();
      onFound(id);
    };
    const current = () => {
      Object.assign(own, { isCurrent: true, failures: 0 });
      own.changed.notify();
    };
    try {
      await engine.followOutput(id, beginsMs, { lines, current }, signal);
    } catch (error) {
      const isExpected = signal.aborted || isRefusal(error);
      if (!isExpected) log("not-following", { container: id, error: errorText(error) });
    }
    const waitMs = givenUp ? Infinity : backoffMs(enginePatience, own.failures++, random);
    Object.assign(own, { underWay: false, isCurrent: false, againMs: clock.now() + waitMs });
    own.changed.notify();
  }

  return {
    search: async (run, pattern, signal) => {
      const own = followOf(run, pattern);
      const known = () => (own.search.result().found || own.isCurrent ? own.search.result() : undefined);
      if (known() === undefined && !own.underWay && clock.now() >= own.againMs) void begin(own, run, pattern);
      const untilMs = clock.now() + catchesUpWithinMs;
      while (known() === undefined && own.underWay && clock.now() < untilMs && !signal.aborted)
        await changeOrInstant(own.changed, clock, untilMs, signal);
      return known();
    },
    forget: (id) => {
      for (const { stop } of follows.get(id)?.values() ?? []) stop.abort(over);
      follows.delete(id);
    },
    close: () => {
      for (const own of follows.values()) for (const { stop } of own.values()) stop.abort(over);
      follows.clear();
    },
  };
}

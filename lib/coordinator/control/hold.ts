import type { Clock } from "../../core/clock.ts";
import type { Held } from "../../model/control-answers.ts";
import type { Changes } from "../../readiness/changes.ts";
import { changes } from "../../readiness/changes.ts";
import type { Log } from "../log.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";

/** Leaves the stack alone for a time, while somebody works on it: what fails is noticed, and nothing is begun. */
export interface Hold {
  /** Holds for so long from now, in place of a hold that there is. */
  begin(forMs: number, why: string | undefined): Held;
  /** Ends a hold, and returns it; undefined when there was none. */
  release(): Held | undefined;
  /** Undefined while the stack is not held. */
  current(): Held | undefined;
  /** It is another than before. */
  readonly changed: Changes;
  /** It stays, and does not end by itself any more. */
  close(): void;
}

/** What a hold works with. */
export interface HoldDependencies {
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly log: Log;
  /** How the stack was held when the coordinator ended. */
  readonly kept: Held | undefined;
  readonly keep: (held: Held | undefined) => void;
}

export function holds({ supervisor, clock, log, kept, keep }: HoldDependencies): Hold {
  const changed = changes();
  let held: Held | undefined;
  let stop = new AbortController();

  const set = (now: Held | undefined): void => {
    stop.abort();
    if (now !== undefined) log("held", { untilMs: now.untilMs, ...(now.why && { why: now.why }) });
    else if (held !== undefined) log("released");
    const another = now !== held;
    held = now;
    keep(now);
    supervisor.hold(now !== undefined);
    if (another) changed.notify();
    if (now === undefined) return;
    const { signal } = (stop = new AbortController());
    void clock.sleep(now.untilMs - clock.now(), signal).then(() => signal.aborted || set(undefined));
  };

  // One whose end has passed meanwhile is forgotten.
  if (kept !== undefined) set(kept.untilMs > clock.now() ? kept : undefined);
  return {
    begin: (forMs, why) => {
      const nowMs = clock.now();
      const next = { sinceMs: held?.sinceMs ?? nowMs, untilMs: nowMs + forMs, why: why ?? held?.why };
      set(next);
      return next;
    },
    release: () => {
      const before = held;
      set(undefined);
      return before;
    },
    current: () => held,
    changed,
    close: () => stop.abort(),
  };
}

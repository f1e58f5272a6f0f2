import type { Clock } from "../../core/clock.ts";
import type { CustomEnd, LoadedModule } from "../../probe/custom-module.ts";
import type { AboutAttempt, ToThread } from "./custom-messages.ts";

/** The attempts that are under way in a thread, as its host sees them. */
export interface ThreadAttempts {
  readonly run: LoadedModule["run"];
  /** Takes what the thread says of an attempt. What it says of one that has been left is dropped. */
  readonly hear: (message: AboutAttempt) => void;
  /** The thread has ended: so have they. */
  readonly endAll: (end: CustomEnd) => void;
  /** The thread does not answer: so ends each that was to end, and the others, which may not be to blame, end otherwise. */
  readonly endBlocked: (aborted: CustomEnd, others: CustomEnd) => void;
}

/** What they are run with. */
export interface ThreadAttemptsDependencies {
  readonly clock: Clock;
  readonly post: (message: ToThread) => void;
  /** Keeps the thread busy until the returned function is called. */
  readonly hold: () => () => void;
  /** The thread has not heard in time that an attempt is aborted, which began at `beganMs`. */
  readonly onSilence: (beganMs: number) => void;
}

/** How long a thread may take to hear that an attempt is aborted: less than the second for which the attempt's runner waits. */
const hearingMs = 500;

interface UnderWay {
  readonly beganMs: number;
  readonly signal: AbortSignal;
  readonly step: (name: string) => void;
  readonly settle: (end: CustomEnd) => void;
  hasHeardAbort: boolean;
}

export function threadAttempts({ clock, post, hold, onSilence }: ThreadAttemptsDependencies): ThreadAttempts {
  const underWay = new Map<number, UnderWay>();
  let lastId = 0;

  const run: LoadedModule["run"] = (input, { signal, step }) => {
    const id = ++lastId;
    const { promise, resolve } = Promise.withResolvers<CustomEnd>();
    const settled = new AbortController();
    const release = hold();
    const onAbort = () => void abort(id, settled.signal);
    const settle = (end: CustomEnd) => {
      underWay.delete(id);
      signal.removeEventListener("abort", onAbort);
      settled.abort();
      release();
      resolve(end);
    };
    underWay.set(id, { beganMs: clock.now(), signal, step, settle, hasHeardAbort: false });
    post({ say: "run", id, input });
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    return promise;
  };

  const abort = async (id: number, settled: AbortSignal): Promise<void> => {
    post({ say: "abort", id });
    await clock.sleep(hearingMs, settled);
    const attempt = underWay.get(id);
    if (attempt === undefined) return;
    // One that has heard it and goes on is left to itself. What it holds is freed with the thread.
    if (attempt.hasHeardAbort)
      attempt.settle({ kind: "broken", text: "it did not end when its signal aborted" });
    else onSilence(attempt.beganMs);
  };

  const hear = (message: AboutAttempt): void => {
    const attempt = underWay.get(message.id);
    if (attempt === undefined) return;
    switch (message.say) {
      case "step":
        return attempt.step(message.step);
      case "aborted":
        attempt.hasHeardAbort = true;
        return;
      case "returned":
        return attempt.settle({ kind: "returned", found: message.found });
      case "threw":
        return attempt.settle({ kind: "broken", text: message.text });
    }
  };

  const endBlocked = (aborted: CustomEnd, others: CustomEnd): void => {
    for (const { signal, settle } of [...underWay.values()]) settle(signal.aborted ? aborted : others);
  };
  return { run, hear, endAll: (end) => endBlocked(end, end), endBlocked };
}

import { setTimeout as sleep } from "node:timers/promises";
import { UnavailableError, reasonOf } from "./failure-reason.ts";

/** One step of becoming ready. It may fail as often as it likes: it is tried until it succeeds. */
export interface InitialisationStep {
  readonly name: string;
  run(): Promise<unknown>;
}

export interface InitialisationStatus {
  readonly done: boolean;
  /** Milliseconds since the process started, or that it took. */
  readonly ms: number;
  readonly completed: readonly { readonly name: string; readonly ms: number }[];
  /** The step under way, and why it last failed if it did. */
  readonly current?: string;
  readonly reason?: string;
}

export interface Initialisation {
  /** Runs the steps in order, each until it succeeds. Resolves when all are done, or on stop(). */
  run(steps: readonly InitialisationStep[]): Promise<void>;
  stop(): void;
  status(): InitialisationStatus;
  /** @throws UnavailableError while the initialisation is under way. */
  assertDone(): void;
}

export interface InitialisationOptions {
  /** Called once for each new reason a step fails for, and once for each step that is done. */
  onProgress(event: { readonly step: string; readonly ms: number; readonly reason?: string }): void;
  /** Milliseconds since the process started. */
  sinceStartMs?: () => number;
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const firstPauseMs = 100;
const longestPauseMs = 1_000;

/**
 * An application's own initialisation, apart from its listener: a backing service that is away for a
 * while delays it and never crashes it.
 */
export function createInitialisation(options: InitialisationOptions): Initialisation {
  const sinceStartMs = options.sinceStartMs ?? (() => performance.now());
  const pause = options.pause ?? ((ms, signal) => sleep(ms, undefined, { signal }));
  const stopping = new AbortController();
  const stopped = () => stopping.signal.aborted;
  const completed: { name: string; ms: number }[] = [];
  let current: string | undefined;
  let reason: string | undefined;
  let doneAfterMs: number | undefined;

  async function complete(step: InitialisationStep): Promise<void> {
    const startedMs = sinceStartMs();
    current = step.name;
    reason = undefined;
    for (let pauseMs = firstPauseMs; !stopped(); pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        await step.run();
        const ms = Math.round(sinceStartMs() - startedMs);
        completed.push({ name: step.name, ms });
        options.onProgress({ step: step.name, ms });
        return;
      } catch (error) {
        if (stopped()) return;
        const failure = reasonOf(error);
        if (failure !== reason) {
          options.onProgress({
            step: step.name,
            ms: Math.round(sinceStartMs() - startedMs),
            reason: failure,
          });
        }
        reason = failure;
      }
      await pause(pauseMs, stopping.signal).catch(() => undefined);
    }
  }

  function status(): InitialisationStatus {
    return {
      done: doneAfterMs !== undefined,
      ms: Math.round(doneAfterMs ?? sinceStartMs()),
      completed,
      ...(current === undefined ? {} : { current }),
      ...(reason === undefined ? {} : { reason }),
    };
  }

  return {
    async run(steps) {
      for (const step of steps) {
        await complete(step);
        if (stopped()) return;
      }
      current = undefined;
      reason = undefined;
      doneAfterMs = sinceStartMs();
    },
    stop: () => stopping.abort(),
    status,
    assertDone() {
      const { done, current: step, reason: why } = status();
      if (done) return;
      throw new UnavailableError(`initialising${step ? `: ${step}` : ""}${why ? `: ${why}` : ""}`);
    },
  };
}

/**
 * A step that ends a given time after the process started: work that real applications do here (reading
 * models, filling caches, building indexes), and the gap between "answers" and "ready" made reproducible.
 */
export function warmUp(untilMs: number): InitialisationStep {
  return { name: "warming up", run: () => sleep(Math.max(0, untilMs - performance.now())) };
}

import { backoffMs } from "../core/backoff.ts";
import type { Clock, Random } from "../core/clock.ts";
import { errorText } from "../core/errors.ts";
import type { ContainerEvent, Engine } from "../engine/engine.ts";
import type { Log } from "./log.ts";

export interface FollowOptions {
  /** Only containers with these labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly onEvent: (event: ContainerEvent) => void;
  /** Something may have been missed: look at everything. */
  readonly onGap: () => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const patience = { initialMs: 100, multiplier: 2, maxMs: 5000, jitter: 0.2 };

/** The engine does not say when a subscription stands. A look this much later sees what happened until then. */
const subscribedWithinMs = 500;

/** Follows the engine's events until the signal aborts, and subscribes again whenever the stream ends. */
export async function followEvents(
  engine: Engine,
  options: FollowOptions,
  signal: AbortSignal,
): Promise<void> {
  const { labels, onEvent, onGap, clock, random, log } = options;
  for (let n = 0; !signal.aborted; n++) {
    const stream = new AbortController();
    const either = AbortSignal.any([signal, stream.signal]);
    try {
      onGap();
      void clock.sleep(subscribedWithinMs, either).then(() => either.aborted || onGap());
      for await (const event of engine.events(labels, either)) {
        n = 0;
        onEvent(event);
      }
      if (!signal.aborted) log("events-ended");
    } catch (error) {
      if (!signal.aborted) log("events-lost", { error: errorText(error) });
    }
    stream.abort();
    await clock.sleep(backoffMs(patience, n, random), signal);
  }
}

import { backoffMs } from "../../core/backoff.ts";
import type { Clock, Random } from "../../core/clock.ts";
import { errorText } from "../../core/errors.ts";
import type { Platform, PlatformEvent } from "../../supervision/platform.ts";
import type { Log } from "../log.ts";
import { enginePatience } from "./engine-patience.ts";

export interface FeedDependencies {
  readonly platform: Pick<Platform, "events" | "past">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** From when on what happened is of interest. */
  readonly sinceMs: number;
  /** Each event once. */
  readonly onEvent: (event: PlatformEvent) => void;
  /** The platform was asked what had happened, and named this event, whether it was new or not. Comes after `onEvent`. */
  readonly onNamed: (event: PlatformEvent) => void;
  /** The stream begins, for the first time or again: something may have been missed. */
  readonly onBegin: () => void;
  /** The stream stands: what happens from now on is heard of, until it ends. */
  readonly onOpen: () => void;
  /** The stream has ended. */
  readonly onEnd: () => void;
}

/** What happens to the stack's workloads, each thing once, whatever becomes of the stream. */
export interface EventFeed {
  /** Follows the events until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
  /** Begins the stream again: it may be dead without having ended. */
  again(): void;
  /** Hands on what has happened up to now and was not heard. @throws PhasegateError when the platform does not answer */
  catchUp(signal: AbortSignal): Promise<void>;
  /** Hands an event on once more, if the platform still remembers it. */
  forget(event: PlatformEvent): void;
}

/** Events are not quite in the order of their instants: a stream begins again this much before the last one. */
const overlapMs = 1000;

/** How far back it is worth looking for what has ended a workload. */
const lookBackMs = 5 * 60_000;

/** More than the engine remembers of. */
const rememberedEvents = 4096;

export function eventFeed(dependencies: FeedDependencies): EventFeed {
  const { platform, clock, random, log, sinceMs, onEvent, onNamed, onBegin, onOpen, onEnd } = dependencies;
  const heard = new Set<string>();
  let lastMs = sinceMs;
  let stream = new AbortController();

  const take = (event: PlatformEvent) => {
    const key = keyOf(event);
    lastMs = Math.max(lastMs, event.atMs);
    if (heard.has(key)) return;
    heard.add(key);
    for (const oldest of heard) {
      if (heard.size <= rememberedEvents) break;
      heard.delete(oldest);
    }
    onEvent(event);
  };

  return {
    follow: async (signal) => {
      for (let failures = 0; !signal.aborted; failures++) {
        stream = new AbortController();
        try {
          onBegin();
          const fromMs = Math.max(sinceMs, lastMs - overlapMs);
          const own = stream.signal;
          const either = AbortSignal.any([signal, own]);
          // One that is given up may come to stand all the same.
          const opened = () => void (own.aborted || onOpen());
          for await (const event of platform.events(fromMs, either, opened)) {
            failures = 0;
            take(event);
          }
          if (!signal.aborted) log("events-ended");
        } catch (error) {
          if (!signal.aborted) log("events-lost", { error: errorText(error) });
        }
        onEnd();
        await clock.sleep(
          backoffMs(enginePatience, failures, random),
          AbortSignal.any([signal, stream.signal]),
        );
      }
    },
    again: () => stream.abort(),
    catchUp: async (signal) => {
      const fromMs = Math.max(sinceMs, Math.min(lastMs - overlapMs, clock.now() - lookBackMs));
      for (const event of await platform.past(fromMs, signal)) {
        take(event);
        onNamed(event);
      }
    },
    forget: (event) => void heard.delete(keyOf(event)),
  };
}

function keyOf({ kind, workload, atMs }: PlatformEvent): string {
  return `${kind} ${workload} ${atMs}`;
}

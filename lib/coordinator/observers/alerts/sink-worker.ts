import type { Clock, Random } from "../../../core/clock.ts";
import type { Backoff } from "../../../core/backoff.ts";
import { backoffMs } from "../../../core/backoff.ts";
import { keepAliveMs } from "../../../alerting/alertmanager.ts";
import type { Notification } from "../../../model/alert.ts";
import { changeOrInstant, changes } from "../../../readiness/changes.ts";
import type { Log } from "../../log.ts";
import type { AlertStore } from "./alert-store.ts";
import type { DeliveryQueue } from "./delivery-queue.ts";
import type { SinkAnswer } from "./post.ts";
import type { Sendable } from "./sink-request.ts";

/** Sends one sink what waits for it, one message after the other. */
export interface SinkWorker {
  /** There is something to send, or the sink is declared otherwise: it is tried at once. */
  wake(): void;
  /** Since when it has taken nothing, and why. */
  failing(): { readonly sinceMs: number; readonly why: string } | undefined;
  close(): void;
}

export interface WorkerDependencies {
  readonly sink: string;
  readonly queue: DeliveryQueue;
  readonly store: AlertStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly send: (what: Sendable, signal: AbortSignal) => Promise<SinkAnswer>;
  /** What is to be kept alive there; undefined where it is no such sink. */
  readonly alive: () => Sendable | undefined;
  /** How a message came out; one that failed is sent again. */
  readonly onSent: (result: "delivered" | "failed", notification: Notification) => void;
}

const retry: Backoff = { initialMs: 1000, multiplier: 2, maxMs: 120_000, jitter: 0.5 };

export function sinkWorker(dependencies: WorkerDependencies): SinkWorker {
  const { sink, queue, store, clock, random, log, send, alive, onSent } = dependencies;
  const closed = new AbortController();
  const { signal } = closed;
  const changed = changes();
  let seen = changed.count();
  let failures = 0;
  let failing: ReturnType<SinkWorker["failing"]>;
  // At once: the coordinator may have been gone for a while.
  let aliveMs = -Infinity;

  const sleep = async (ms: number) => {
    // What came while something was sent is not missed.
    if (changed.count() === seen) await changeOrInstant(changed, clock, clock.now() + ms, signal);
    seen = changed.count();
  };
  /** Until when the sink wants to be left alone. */
  let quietUntilMs = -Infinity;
  const note = ({ taken, text, retryAfterMs = 0 }: SinkAnswer) => {
    if (taken && failing !== undefined) log("sink-takes-again", { sink });
    if (!taken && failing?.why !== text) log("sink-fails", { sink, why: text });
    failing = taken ? undefined : { sinceMs: failing?.sinceMs ?? clock.now(), why: text };
    failures = taken ? 0 : failures + 1;
    quietUntilMs = clock.now() + Math.min(retryAfterMs, longestQuietMs);
  };

  const deliver = async (): Promise<boolean> => {
    const delivery = queue.next(sink);
    if (delivery === undefined) return false;
    queue.sending(delivery);
    const { notification } = delivery;
    const answer = await send({ kind: "notification", notification }, signal);
    if (signal.aborted) return false;
    note(answer);
    if (answer.taken) queue.done(delivery);
    else if (answer.refused) queue.drop(delivery, `the sink refused it: ${answer.text}`);
    else queue.failed(delivery);
    if (answer.taken || !answer.refused) onSent(answer.taken ? "delivered" : "failed", notification);
    store.flush();
    if (answer.taken) aliveMs = clock.now();
    return true;
  };

  const keepAlive = async (): Promise<void> => {
    const what = alive();
    aliveMs = clock.now();
    if (what !== undefined) note(await send(what, signal));
  };

  const run = async () => {
    while (!signal.aborted) {
      if (clock.now() < quietUntilMs) {
        await clock.sleep(quietUntilMs - clock.now(), signal);
        continue;
      }
      if (await deliver()) {
        if (failing !== undefined && queue.next(sink) !== undefined)
          await sleep(backoffMs(retry, failures - 1, random));
        continue;
      }
      if (clock.now() - aliveMs >= keepAliveMs) await keepAlive();
      else await sleep(alive() === undefined ? longestSleepMs : keepAliveMs - (clock.now() - aliveMs));
    }
  };
  void run();

  return {
    wake: changed.notify,
    failing: () => failing,
    close: () => closed.abort(),
  };
}

/** A sink that wants to be left alone for longer is tried again all the same. */
const longestQuietMs = 10 * 60_000;

/** What is old is looked for now and then. */
const longestSleepMs = 60 * 60_000;

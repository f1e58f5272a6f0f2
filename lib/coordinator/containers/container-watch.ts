import type { Backoff } from "../../core/backoff.ts";
import { backoffMs } from "../../core/backoff.ts";
import type { Clock, Random } from "../../core/clock.ts";
import { errorText, PhasegateError } from "../../core/errors.ts";
import { changeOrInstant, changes } from "../../readiness/changes.ts";
import type { ListedWorkload, Platform, PlatformEvent, Seen } from "../../supervision/platform.ts";
import type { Log } from "../log.ts";
import { enginePatience } from "./engine-patience.ts";
import { eventFeed } from "./event-feed.ts";
import type { Followed } from "./followed-workload.ts";
import {
  followedWorkload,
  isNewEnd,
  isNewer,
  isPast,
  keptCurrent,
  ordersShown,
  withRememberedHealth,
} from "./followed-workload.ts";
import { isRefusal } from "./is-refusal.ts";
import { presence } from "./presence.ts";
import { slots } from "./slots.ts";
import type { WatchListener } from "./watch-listener.ts";
import { within } from "./within.ts";

export interface WatchDependencies extends WatchListener {
  readonly platform: Pick<Platform, "observe" | "list" | "events" | "past">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** From when on orders are of interest: the last instant at which an earlier process watched. Default: now. */
  readonly sinceMs?: number | undefined;
}

/** Watches the workloads of a stack's services. */
export interface ContainerWatch {
  /** Looks at a workload from now on whenever something may have happened to it. */
  follow(workload: string): void;
  unfollow(workload: string): void;
  /**
   * Looks at a workload now, and hands on what is seen if it is followed. Before others that wait for their turn.
   * @throws PhasegateError when the platform does not answer within 10 s, or refuses
   */
  look(workload: string, signal?: AbortSignal): Promise<Seen>;
  /**
   * What a followed workload is known to be now, where no question is needed to know it: it was looked at since the events are
   * heard, at most `maxAgeMs` ago, and nothing has happened to it since. A list confirms it every 15 s.
   */
  kept(workload: string, maxAgeMs?: number): Seen | undefined;
  /** Looks at a followed workload as soon as the platform can be asked, and until it has answered. */
  lookSoon(workload: string): void;
  close(): void;
}

/** How long the platform has for an answer. */
const answersWithinMs = 10_000;
/** How often all workloads are listed. An event that was lost is made up for within this time. */
const listEveryMs = { initialMs: 15_000, multiplier: 1, maxMs: 15_000, jitter: 0.1 };
/** How old a look may become before there is another one, whatever lists say. Not all are looked at in one turn. */
const lookEveryMs = 5 * 60_000;
/** How many are looked at at once. The platform may hang at one, which keeps no more than so many turns from others. */
const looksAtOnce = 8;
const looksAtOneOnce = 2;

/** How soon a platform that is silent is asked again whether it is back. */
const patienceInSilence: Backoff = { ...enginePatience, maxMs: 2000 };

/**
 * Watches a stack's workloads until the signal aborts: by the platform's events, each of which brings about a look, and by a list
 * every 15 s and after each gap of the events, which brings about a look at what differs. What is followed in the turn in which
 * the watch is made hears of all orders since `sinceMs`.
 */
export function containerWatch(dependencies: WatchDependencies, outer: AbortSignal): ContainerWatch {
  const { platform, clock, random, log, onSeen, onOrdered, onCreated, onRemoved } = dependencies;
  const followed = new Map<string, Followed>();
  const there = presence();
  const turns = slots(looksAtOnce);
  const listNow = changes();
  const closed = new AbortController();
  const signal = AbortSignal.any([outer, closed.signal]);
  let lists: ReadonlyMap<string, ListedWorkload> | undefined;
  let silent = false;
  /** Since which number all that happens is heard of. */
  let openSince: number | undefined;
  /** Numbers looks, lists and events in the order in which they began or came. */
  let count = 0;

  const feed = eventFeed({
    ...{ platform, clock, random, log },
    sinceMs: dependencies.sinceMs ?? clock.now(),
    onEvent: heard,
    onNamed: ({ workload, kind, atMs }) => {
      if (kind !== "ordered") return;
      for (const order of followed.get(workload)?.orders ?? []) if (order.event.atMs === atMs) order.n = 0;
    },
    onBegin: listNow.notify,
    onOpen: () => void (openSince = ++count),
    onEnd: () => {
      openSince = undefined;
      // The platform may have shut down, and stopped what it ran. If not, it remembers who has.
      for (const own of followed.values()) {
        for (const { event } of own.orders) feed.forget(event);
        own.orders = [];
      }
    },
  });

  function heard(event: PlatformEvent): void {
    const { workload, kind, labels, atMs } = event;
    const n = ++count;
    if (kind === "created" && there.happened(workload, true, n)) onCreated(workload, labels, atMs);
    if (kind === "removed" && there.happened(workload, false, n)) onRemoved(workload, atMs);
    const own = followed.get(workload);
    if (own !== undefined) own.touched = n;
    if (kind === "ordered") {
      // Who follows it later asks for the past once it has ended.
      if (own === undefined) feed.forget(event);
      else own.orders.push({ event, n });
    }
    lookSoon(workload);
  }

  async function lookAt(workload: string, look: number, until: AbortSignal): Promise<Seen> {
    const own = followed.get(workload);
    if (own === undefined) return await platform.observe(workload, until);
    const lookedMs = clock.now();
    Object.assign(own, { begun: look, beganMs: lookedMs });
    const shown = await platform.observe(workload, until);
    let answeredAt = look;
    if (isNewEnd(own, shown)) {
      answeredAt = ++count;
      await catchUp(until);
    }
    const seen = withRememberedHealth(shown, own.seen);
    own.failures = 0;
    if (isNewer(look, own.look)) {
      if (isPast(own, look, seen)) return seen;
      Object.assign(own, { look, seen, lookedMs, answered: ++count });
    }
    if (signal.aborted || followed.get(workload) !== own) return seen;
    for (const { atMs } of ordersShown(own, seen, answeredAt)) onOrdered(workload, atMs);
    onSeen(workload, seen, look);
    return seen;
  }

  async function catchUp(until: AbortSignal): Promise<void> {
    try {
      await feed.catchUp(until);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      log("past-refused", { error: error.message });
    }
  }

  function lookSoon(workload: string): void {
    const own = followed.get(workload);
    if (own === undefined || own.waiting) return;
    if (own.underWay >= looksAtOneOnce) {
      own.again = true;
      return;
    }
    own.waiting = true;
    guarded(lookWhenPossible(own));
  }

  async function lookWhenPossible(own: Followed): Promise<void> {
    const leave = await turns.take(false, signal);
    Object.assign(own, { waiting: false, underWay: own.underWay + 1 });
    const look = ++count;
    try {
      if (followed.get(own.workload) === own)
        await within(answersWithinMs, clock, signal, (until) => lookAt(own.workload, look, until));
    } catch (error) {
      failed(own, look, error);
    } finally {
      own.underWay--;
      leave();
      if (own.again) lookSoon(own.workload);
      own.again = false;
    }
  }

  function failed(own: Followed, look: number, error: unknown): void {
    if (signal.aborted) return;
    if (!silent) log("look-failed", { workload: own.workload, error: errorText(error) });
    // One workload may keep the platform from answering about it. Whether it answers at all, a list says.
    if (!isRefusal(error)) listNow.notify();
    guarded(lookAgain(own, look));
  }

  /** A look that began later does what the one that failed was to do. */
  async function lookAgain(own: Followed, failed: number): Promise<void> {
    await clock.sleep(backoffMs(enginePatience, own.failures++, random), signal);
    if (own.begun === failed) lookSoon(own.workload);
  }

  async function keepListing(): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      const asked = listNow.count();
      const n = ++count;
      try {
        compare(await within(answersWithinMs, clock, signal, platform.list), n);
        failures = 0;
        answers();
        const pauseMs = backoffMs(listEveryMs, 0, random);
        if (listNow.count() === asked) await changeOrInstant(listNow, clock, clock.now() + pauseMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        isSilent(errorText(error));
        await clock.sleep(backoffMs(patienceInSilence, failures++, random), signal);
      }
    }
  }

  function compare(list: readonly ListedWorkload[], n: number): void {
    lists = new Map(list.map((one) => [one.workload, one]));
    const { created, removed } = there.listed(list, n);
    for (const { workload, labels } of created) onCreated(workload, labels, clock.now());
    for (const workload of removed) onRemoved(workload, clock.now());
    for (const own of followed.values()) {
      const version = lists.get(own.workload)?.version ?? "gone";
      if (version !== own.version) {
        own.touched = ++count;
        lookSoon(own.workload);
      }
      own.version = version;
    }
    const share = Math.ceil((followed.size * listEveryMs.maxMs) / lookEveryMs);
    const old = [...followed.values()].filter(({ beganMs }) => clock.now() - beganMs >= lookEveryMs);
    old.sort((a, b) => a.beganMs - b.beganMs);
    for (const { workload } of old.slice(0, share)) lookSoon(workload);
  }

  function isSilent(text: string): void {
    if (silent) return;
    silent = true;
    turns.hold(true);
    log("engine-silent", { error: text });
    dependencies.onSilent(text);
  }

  function answers(): void {
    if (!silent) return;
    silent = false;
    log("engine-heard");
    dependencies.onHeard();
    // A stream may have died in the silence without a word.
    openSince = undefined;
    feed.again();
    turns.hold(false);
  }

  function guarded(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (signal.aborted) return;
      log("defect", { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    });
  }

  guarded(Promise.resolve().then(() => feed.follow(signal)));
  guarded(Promise.resolve().then(keepListing));

  return {
    follow: (workload) => {
      if (followed.has(workload)) return;
      followed.set(workload, followedWorkload(workload, lists?.get(workload)?.version));
      // The first list brings about a look at everything.
      if (lists !== undefined) lookSoon(workload);
    },
    unfollow: (workload) => void followed.delete(workload),
    look: async (workload, given) => {
      const until = given === undefined ? signal : AbortSignal.any([signal, given]);
      let look = 0;
      try {
        return await within(answersWithinMs, clock, until, async (either) => {
          const leave = await turns.take(true, either);
          look = ++count;
          return await lookAt(workload, look, either).finally(leave);
        });
      } catch (error) {
        const own = followed.get(workload);
        if (own !== undefined && look > 0) failed(own, look, error);
        if (error instanceof PhasegateError) throw error;
        const text = `the container engine has not answered: ${errorText(error)}`;
        throw new PhasegateError("PHASEGATE_ENGINE_UNREACHABLE", text, { cause: error });
      }
    },
    kept: (workload, maxAgeMs = Infinity) => {
      const own = silent || signal.aborted ? undefined : followed.get(workload);
      return own && keptCurrent(own, openSince, clock.now() - maxAgeMs);
    },
    lookSoon,
    close: () => closed.abort(),
  };
}

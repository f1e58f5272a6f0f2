import type { PlatformEvent, Seen } from "../../supervision/platform.ts";

/** What a watch knows of a workload that it follows. */
export interface Followed {
  readonly workload: string;
  /** What the last list said of it. */
  version: string | undefined;
  /** Whether a look waits for its turn. */
  waiting: boolean;
  /** How many looks are under way, and whether another one is to follow when one of them has ended. */
  underWay: number;
  again: boolean;
  /** The number of the look that began last, and when that was. */
  begun: number;
  beganMs: number;
  /** How many looks in a row the platform has not answered. */
  failures: number;
  /** The newest look that was answered, what it showed, and when by the same numbers it was answered. */
  look: number | undefined;
  seen: Seen | undefined;
  answered: number;
  /** When that look began. */
  lookedMs: number;
  /** The number of the last event about it, or of the last list that showed something else than before. */
  touched: number;
  /** What somebody ordered, heard of as number `n`, and not handed on yet. */
  orders: { readonly event: PlatformEvent; n: number }[];
}

export function followedWorkload(workload: string, version: string | undefined): Followed {
  return {
    ...{ workload, version, waiting: false, underWay: 0, again: false },
    ...{
      begun: 0,
      beganMs: -Infinity,
      failures: 0,
      look: undefined,
      seen: undefined,
      answered: 0,
      lookedMs: -Infinity,
      touched: 0,
      orders: [],
    },
  };
}

/**
 * Whether a look takes the place of the latest one that was taken. Looks are numbered as they begin: one that began earlier and
 * is answered later shows what was.
 */
export function isNewer(look: number, latest: number | undefined): boolean {
  return latest === undefined || look > latest;
}

/**
 * What is known to be so now, without a question: what a look has shown that began when the events were being heard, and after the
 * last one about it. Undefined where there is none, or it began longer ago than is wanted.
 * @param openSince the number that was the latest when the stream of events came to stand; undefined while there is none
 */
export function keptCurrent(
  { look, seen, lookedMs, touched }: Followed,
  openSince: number | undefined,
  fromMs: number,
): Seen | undefined {
  if (openSince === undefined || look === undefined) return undefined;
  return look > openSince && look > touched && lookedMs >= fromMs ? seen : undefined;
}

/**
 * Whether what a look shows is past already. Of two looks that were under way at the same time the one that began later may have
 * been the earlier one at the platform: runs follow each other, and none that has ended goes on.
 */
export function isPast({ seen: known, answered }: Followed, look: number, seen: Seen): boolean {
  if (known === undefined || look > answered || seen === "gone") return false;
  if (known === "gone") return true;
  const [shownMs, knownMs] = [seen.startedMs ?? 0, known.startedMs ?? 0];
  return shownMs < knownMs || (shownMs === knownMs && seen.running && !known.running);
}

/** Whether a run has ended, or the workload has gone, that was not known to have. */
export function isNewEnd({ seen: before }: Followed, seen: Seen): boolean {
  if (seen === "gone") return before !== "gone";
  if (seen.running || seen.startedMs === undefined) return false;
  if (before === undefined || before === "gone") return true;
  return before.running || before.startedMs !== seen.startedMs;
}

/**
 * The orders that can be handed on, taken off the list: those that the platform has answered a question after. While it shuts
 * down it stops what it runs and answers no more, and that is nobody's order. Those before the run that is seen are dropped.
 */
export function ordersShown(own: Followed, seen: Seen, answeredAt: number): readonly PlatformEvent[] {
  const shown = own.orders.filter(({ n }) => n < answeredAt).map(({ event }) => event);
  own.orders = own.orders.filter(({ n }) => n >= answeredAt);
  const sinceMs = seen === "gone" ? undefined : seen.startedMs;
  return shown.filter(({ atMs }) => sinceMs === undefined || atMs >= sinceMs).sort((a, b) => a.atMs - b.atMs);
}

/** The engine forgets its first health check after a few more; here it is remembered for as long as the run goes on. */
export function withRememberedHealth(seen: Seen, before: Seen | undefined): Seen {
  if (seen === "gone" || before === undefined || before === "gone") return seen;
  if (before.startedMs !== seen.startedMs || before.healthyMs === undefined) return seen;
  return { ...seen, healthyMs: before.healthyMs };
}

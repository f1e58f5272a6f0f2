import type { Clock } from "../../core/clock.ts";

/** The orders that this process gives the engine: what the engine reports of them is not somebody else's doing. */
export interface OwnOrders {
  /** Gives an order that the engine carries out within `withinMs`, even if it does not answer. */
  give<T>(container: string, withinMs: number, order: () => Promise<T>): Promise<T>;
  /** Whether an order of this process was being carried out then. */
  covers(container: string, atMs: number): boolean;
}

interface Given {
  readonly fromMs: number;
  untilMs: number;
}

/** How long an order is remembered: events may be read long after they happened, when the engine was silent for a while. */
const rememberedMs = 60 * 60_000;

/** Instants are compared with the engine's: the coordinator runs on the engine's machine, and so by the same clock. */
export function ownOrders(clock: Clock): OwnOrders {
  const orders = new Map<string, readonly Given[]>();
  return {
    give: async (container, withinMs, order) => {
      const nowMs = clock.now();
      const given = { fromMs: nowMs, untilMs: nowMs + withinMs };
      const known = orders.get(container) ?? [];
      orders.set(container, [...known.filter(({ untilMs }) => untilMs > nowMs - rememberedMs), given]);
      const answer = await order();
      // The engine answers when it is done. Without an answer it may go on.
      given.untilMs = clock.now();
      return answer;
    },
    covers: (container, atMs) =>
      (orders.get(container) ?? []).some(({ fromMs, untilMs }) => fromMs <= atMs && atMs <= untilMs),
  };
}

import type { Dropped, Notification } from "../../../model/alert.ts";
import type { AlertStore, Delivery } from "./alert-store.ts";

/** The most messages that wait for one sink, and the longest that one waits. */
export const mostWaiting = 500;
export const longestWaitMs = 24 * 60 * 60_000;

/** For how long it is said that something was dropped. */
const droppedShownMs = 7 * longestWaitMs;

/** What waits for the sinks, in the order in which it is sent. Each change is noted in the store, and flushed by the caller. */
export interface DeliveryQueue {
  /** Queues a message. What waits of the same alert for the same sink, and is not being sent, is left out: it says less. */
  add(notification: Notification): void;
  /** The next for a sink. */
  next(sink: string): Delivery | undefined;
  /** It is being sent now, until one of the next three. */
  sending(delivery: Delivery): void;
  /** It is to be sent again, unless a later message of the same alert waits. */
  failed(delivery: Delivery): void;
  /** The sink has it. */
  done(delivery: Delivery): void;
  drop(delivery: Delivery, why: string): void;
  waiting(sink: string): readonly Delivery[];
  dropped(sink: string): Dropped | undefined;
}

export function deliveryQueue(
  store: AlertStore,
  nowMs: () => number,
  onDrop: (sink: string, why: string) => void,
): DeliveryQueue {
  const queue = new Map<number, Delivery>();
  for (const [, delivery] of store.load("delivery")) queue.set(delivery.place, delivery);
  const dropped = new Map(store.load("dropped"));
  const inFlight = new Set<number>();
  let place = Math.max(0, ...queue.keys());

  const waiting = (sink: string) =>
    [...queue.values()]
      .filter(({ notification }) => notification.sink === sink)
      .sort((a, b) => a.place - b.place);
  const remove = (gone: Delivery) => {
    queue.delete(gone.place);
    inFlight.delete(gone.place);
    store.set("delivery", String(gone.place), undefined);
  };
  const drop = (gone: Delivery, why: string) => {
    const { sink } = gone.notification;
    remove(gone);
    const next = { count: (dropped.get(sink)?.count ?? 0) + 1, lastMs: nowMs(), why };
    dropped.set(sink, next);
    store.set("dropped", sink, next);
    onDrop(sink, why);
  };
  const dropOld = (sink: string) => {
    for (const delivery of waiting(sink))
      if (!inFlight.has(delivery.place) && delivery.queuedMs + longestWaitMs < nowMs())
        drop(delivery, "it had waited for a day");
  };

  return {
    add: (notification) => {
      const { sink, alert } = notification;
      for (const delivery of waiting(sink))
        if (delivery.notification.alert.id === alert.id && !inFlight.has(delivery.place)) remove(delivery);
      for (const name of new Set([...queue.values()].map((one) => one.notification.sink))) dropOld(name);
      const [oldest, ...rest] = waiting(sink).filter((one) => !inFlight.has(one.place));
      if (oldest !== undefined && rest.length + 1 >= mostWaiting)
        drop(oldest, `more than ${mostWaiting} messages were waiting`);
      const delivery = { place: ++place, queuedMs: nowMs(), notification };
      queue.set(delivery.place, delivery);
      store.set("delivery", String(delivery.place), delivery);
    },
    next: (sink) => {
      dropOld(sink);
      return waiting(sink)[0];
    },
    sending: ({ place: own }) => void inFlight.add(own),
    failed: (delivery) => {
      const { sink, alert } = delivery.notification;
      inFlight.delete(delivery.place);
      const isLater = ({ place: other, notification }: Delivery) =>
        other > delivery.place && notification.alert.id === alert.id;
      if (waiting(sink).some(isLater)) remove(delivery);
    },
    done: remove,
    drop,
    waiting,
    dropped: (sink) => {
      const known = dropped.get(sink);
      return known !== undefined && known.lastMs + droppedShownMs > nowMs() ? known : undefined;
    },
  };
}

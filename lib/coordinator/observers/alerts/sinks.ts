import type { Clock, Random } from "../../../core/clock.ts";
import { didYouMean } from "../../../core/did-you-mean.ts";
import { errorText, PhasegateError } from "../../../core/errors.ts";
import type { Alert, Notification, SinkStatus, SinkTest } from "../../../model/alert.ts";
import type { SinkPlan } from "../../../model/alerting.ts";
import type { Log } from "../../log.ts";
import type { AlertStore } from "./alert-store.ts";
import { deliveryQueue } from "./delivery-queue.ts";
import type { SinkAnswer } from "./post.ts";
import { post } from "./post.ts";
import type { AlertingSettings, Sendable } from "./sink-request.ts";
import { sinkRequest } from "./sink-request.ts";
import type { SinkWorker } from "./sink-worker.ts";
import { sinkWorker } from "./sink-worker.ts";

/** The sinks that are declared, each with a worker of its own: one that is slow or down delays nothing but itself. */
export interface Sinks {
  configure(settings: AlertingSettings): void;
  /** Notes a message in the store; it is sent after `wake`. */
  queue(notification: Notification): void;
  wake(sink: string): void;
  status(): readonly SinkStatus[];
  /** @throws PhasegateError PHASEGATE_SINK_UNKNOWN */
  test(sink: string | undefined): Promise<readonly SinkTest[]>;
  close(): void;
}

/** What messages are sent with. */
export interface SendingDependencies {
  readonly clock: Clock;
  /** Milliseconds since the epoch as people and sinks have it. */
  readonly wallMs: () => number;
  readonly random: Random;
  readonly fetch: typeof globalThis.fetch;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** A name that nothing else has: `crypto.randomUUID`. */
  readonly newId: () => string;
}

interface SinksDependencies extends SendingDependencies {
  readonly store: AlertStore;
  /** The alerts that are open now. */
  readonly open: () => readonly Alert[];
  readonly onSent: (sink: string, result: SentResult) => void;
  /** A sink has taken a message about an alert. */
  readonly onDelivered: (alert: Alert) => void;
}

/** How a message to a sink came out: one that failed is sent again. */
export type SentResult = "delivered" | "failed" | "dropped";

export function sinks(dependencies: SinksDependencies): Sinks {
  const { store, clock, wallMs, random, log, newId, onSent } = dependencies;
  const closed = new AbortController();
  const queue = deliveryQueue(store, clock.now, (sink, why) => {
    log("alert-dropped", { sink, why });
    onSent(sink, "dropped");
  });
  const workers = new Map<string, SinkWorker>();
  let settings: AlertingSettings | undefined;

  const declared = (): Readonly<Record<string, SinkPlan>> => settings?.alerting?.sinks ?? {};

  const send = async (sink: string, what: Sendable, signal: AbortSignal): Promise<SinkAnswer> => {
    const plan = declared()[sink];
    if (plan === undefined || settings === undefined)
      return { taken: false, refused: false, text: "it is not declared any more" };
    try {
      return await post(sinkRequest(plan, what, settings, wallMs()), dependencies, signal);
    } catch (error) {
      return { taken: false, refused: false, text: errorText(error) };
    }
  };

  /** What Alertmanager is to keep: all that it was sent, and has not been told the end of. */
  const alive = (sink: string): Sendable | undefined => {
    if (declared()[sink]?.kind !== "alertmanager") return undefined;
    const waiting = new Set(queue.waiting(sink).map(({ notification }) => notification.alert.id));
    const alerts = dependencies.open().filter(({ id, sent }) => sink in sent && !waiting.has(id));
    return alerts.length === 0 ? undefined : { kind: "alive", sink, alerts };
  };

  return {
    configure: (next) => {
      settings = next;
      for (const [sink, worker] of workers)
        if (!(sink in declared())) {
          worker.close();
          workers.delete(sink);
        }
      for (const sink of Object.keys(declared())) {
        const worker = workers.get(sink);
        if (worker !== undefined) worker.wake();
        else
          workers.set(
            sink,
            sinkWorker({
              ...{ sink, queue, store, clock, random, log },
              send: (what, signal) => send(sink, what, signal),
              alive: () => alive(sink),
              onSent: (result, { alert }) => {
                onSent(sink, result);
                if (result === "delivered") dependencies.onDelivered(alert);
              },
            }),
          );
      }
    },
    queue: queue.add,
    wake: (sink) => workers.get(sink)?.wake(),
    status: () =>
      Object.entries(declared()).map(([sink, { kind }]) => ({
        ...{ sink, kind, waiting: queue.waiting(sink).length },
        ...{ failing: workers.get(sink)?.failing(), dropped: queue.dropped(sink) },
      })),
    test: async (sink) => {
      const names = Object.keys(declared());
      if (sink !== undefined && !names.includes(sink)) throw unknownSink(sink, names);
      return Promise.all(
        Object.entries(declared())
          .filter(([name]) => sink === undefined || name === sink)
          .map(async ([name, { kind }]) => {
            const beganMs = clock.now();
            const { taken, text } = await send(name, { kind: "test", id: newId() }, closed.signal);
            if (taken) workers.get(name)?.wake();
            return { sink: name, kind, taken, answer: text, tookMs: clock.now() - beganMs };
          }),
      );
    },
    close: () => {
      closed.abort();
      for (const worker of workers.values()) worker.close();
    },
  };
}

function unknownSink(name: string, names: readonly string[]): PhasegateError {
  const meant = didYouMean(name, names);
  const which = meant === undefined ? name : `${name} (did you mean ${meant}?)`;
  const rest =
    names.length === 0
      ? "Its declaration has none: `alerting: { sinks: [...] }` says where alerts go."
      : `Its sinks are ${names.join(", ")}.`;
  return new PhasegateError("PHASEGATE_SINK_UNKNOWN", `the stack has no sink ${which}. ${rest}`);
}

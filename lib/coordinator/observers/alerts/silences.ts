import type { Silence } from "../../../model/alert.ts";
import type { AlertStore } from "./alert-store.ts";

/** The services whose alerts are not sent. */
export interface Silences {
  current(nowMs: number): readonly Silence[];
  /** In place of one that there is. */
  begin(silence: Silence): Silence;
  end(service: string, nowMs: number): Silence | undefined;
}

export function silences(store: AlertStore): Silences {
  const known = new Map(store.load("silence"));
  const current = (nowMs: number) => {
    for (const [service, { untilMs }] of known)
      if (untilMs <= nowMs) {
        known.delete(service);
        store.set("silence", service, undefined);
      }
    return [...known.values()];
  };
  return {
    current,
    begin: (silence) => {
      known.set(silence.service, silence);
      store.set("silence", silence.service, silence);
      return silence;
    },
    end: (service, nowMs) => {
      const ended = current(nowMs).find((silence) => silence.service === service);
      known.delete(service);
      store.set("silence", service, undefined);
      return ended;
    },
  };
}

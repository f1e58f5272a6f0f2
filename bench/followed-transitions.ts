import type { ControlClient } from "../lib/control/client.ts";
import type { Transition } from "../lib/model/transition.ts";

/** The transitions of a stack, as they come. */
export interface FollowedTransitions {
  readonly all: readonly Transition[];
  /** Resolves when this is true after a transition, or at once; rejects when it has not become true in time. */
  until(what: string, isSo: () => boolean, withinMs: number): Promise<void>;
}

export function followTransitions(client: ControlClient, after: number): FollowedTransitions {
  const all: Transition[] = [];
  let wake = () => {};
  client
    .call("events", { last: 1, after, follow: true }, (transition) => {
      if ("seq" in transition) all.push(transition);
      wake();
    })
    // It ends with the connection.
    .catch(() => undefined);
  return {
    all,
    until: (what, isSo, withinMs) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${what}: not within ${withinMs / 1000}s`)), withinMs);
        wake = () => {
          if (!isSo()) return;
          clearTimeout(late);
          wake = () => {};
          resolve();
        };
        wake();
      }),
  };
}

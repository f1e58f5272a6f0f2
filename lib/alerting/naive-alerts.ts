import type { Transition } from "../model/transition.ts";

/**
 * How many alerts an alerter of each service by itself would have sent for these transitions, oldest first: one each time that a
 * service was not ready for longer than the grace, whatever the reason was, and whoever it was.
 * @param afterMs the grace
 * @param untilMs when the transitions end: what is not ready then counts, if it has been so for longer than the grace
 */
export function naiveAlerts(
  transitions: readonly Pick<Transition, "service" | "atMs" | "from" | "to">[],
  afterMs: number,
  untilMs: number,
): number {
  const downSince = new Map<string, number>();
  let count = 0;
  const end = (service: string, atMs: number) => {
    const sinceMs = downSince.get(service);
    downSince.delete(service);
    if (sinceMs !== undefined && atMs - sinceMs >= afterMs) count += 1;
  };
  for (const { service, atMs, from, to } of transitions) {
    if (to === "ready") end(service, atMs);
    // What was never ready has not been lost.
    else if (from === "ready" && !downSince.has(service)) downSince.set(service, atMs);
  }
  for (const service of [...downSince.keys()]) end(service, untilMs);
  return count;
}

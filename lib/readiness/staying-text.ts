import { describeMs, toDuration } from "../core/duration.ts";
import type { MinReadyStatus } from "../model/status.ts";

/**
 * How a service that must stay ready for a time stands with it, in words: "it passes, and must stay ready for 1s; it was interrupted
 * after 320ms by ping: connection refused". Undefined where it does not pass now and has not before.
 */
export function stayingText({ forMs, passesSinceMs, interrupted }: MinReadyStatus): string | undefined {
  const time = toDuration(forMs);
  const must =
    passesSinceMs === undefined
      ? undefined
      : `it passes, and must stay ready for ${time} without interruption`;
  if (interrupted === undefined) return must;
  const { times, afterMs, text } = interrupted;
  const by = `after ${describeMs(afterMs)}${passesSinceMs === undefined ? ` of the ${time} that it must stay ready` : ""} by ${text}`;
  const often = times === 1 ? `it was interrupted ${by}` : `it was interrupted ${times} times, last ${by}`;
  return must === undefined ? often : `${must}; ${often}`;
}

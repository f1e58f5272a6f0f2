import type { History } from "../../history/history.ts";
import type { ServiceStatus } from "../../model/status.ts";
import type { ReadinessWindow } from "../../readiness/start-pace.ts";
import { readinessWindow } from "../../readiness/start-pace.ts";
import type { DesiredService } from "../../supervision/desired-service.ts";

/** So many of a service's last starts say when the next one is likely to be ready. */
const startsAsked = 8;

/** When its probes passed: what must stay ready for a time after that is watched closely for all of it anyway. */
function passedAfterMs({ readyAfterMs, readyMs, minReady }: ServiceStatus): number[] {
  if (readyAfterMs === undefined) return [];
  const stayedMs = Math.max(0, (readyMs ?? 0) - (minReady?.passesSinceMs ?? Infinity));
  return [readyAfterMs - stayedMs];
}

/** When a service is likely to become ready, by its last starts at the same level; undefined where none is known. */
export function likelyReadiness({
  starts,
}: Pick<History, "starts">): (desired: DesiredService) => ReadinessWindow | undefined {
  return ({ service, readiness: { level } }) => {
    try {
      const { records } = starts({ services: [service], last: startsAsked });
      return readinessWindow(
        records.flatMap(({ fromStart, outcome, status }) =>
          fromStart && outcome === "ready" && status.level === level ? passedAfterMs(status) : [],
        ),
      );
    } catch {
      // A history that cannot be read makes a start no worse than the first one.
      return undefined;
    }
  };
}

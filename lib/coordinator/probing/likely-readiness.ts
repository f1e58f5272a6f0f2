import type { History } from "../../history/history.ts";
import type { ReadinessWindow } from "../../readiness/start-pace.ts";
import { readinessWindow } from "../../readiness/start-pace.ts";
import type { DesiredService } from "../../supervision/desired-service.ts";

/** So many of a service's last starts say when the next one is likely to be ready. */
const startsAsked = 8;

/** When a service is likely to become ready, by its last starts at the same level; undefined where none is known. */
export function likelyReadiness({
  starts,
}: Pick<History, "starts">): (desired: DesiredService) => ReadinessWindow | undefined {
  return ({ service, readiness: { level } }) => {
    try {
      const { records } = starts({ services: [service], last: startsAsked });
      return readinessWindow(
        records.flatMap(({ fromStart, outcome, status }) =>
          fromStart && outcome === "ready" && status.level === level ? (status.readyAfterMs ?? []) : [],
        ),
      );
    } catch {
      // A history that cannot be read makes a start no worse than the first one.
      return undefined;
    }
  };
}

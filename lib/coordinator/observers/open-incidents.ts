import type { History } from "../../history/history.ts";
import type { Incidents } from "../../supervision/incident.ts";
import { noIncidents } from "../../supervision/incident.ts";

/**
 * A coordinator that is killed may not have written its last transitions, and somebody may have seen them: their numbers are not
 * given again.
 */
const mayBeLost = 100;

/** What the stream of transitions goes on from after a start of the coordinator; from nothing where the history cannot be read. */
export function openIncidents(history: History): { readonly lastSeq: number; readonly incidents: Incidents } {
  const { transition, incident } = history.lastNumbers;
  try {
    const { records } = history.incidents({ last: 50 });
    return {
      lastSeq: transition + mayBeLost,
      incidents: {
        open: records.filter(({ closedMs }) => closedMs === undefined).toReversed(),
        nextId: incident + 1,
      },
    };
  } catch {
    // The history says itself what is the matter with it.
    return { lastSeq: transition, incidents: noIncidents };
  }
}

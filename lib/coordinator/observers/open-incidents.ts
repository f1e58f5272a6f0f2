import type { History } from "../../history/history.ts";
import type { Incidents } from "../../supervision/incident.ts";
import { noIncidents } from "../../supervision/incident.ts";

/** What the stream of transitions goes on from after a start of the coordinator; from nothing where the history cannot be read. */
export function openIncidents(history: History): { readonly lastSeq: number; readonly incidents: Incidents } {
  try {
    const [last] = history.transitions({ last: 1 }).records;
    const { records } = history.incidents({ last: 50 });
    return {
      lastSeq: last?.seq ?? 0,
      incidents: {
        open: records.filter(({ closedMs }) => closedMs === undefined).toReversed(),
        nextId: Math.max(0, ...records.map(({ id }) => id)) + 1,
      },
    };
  } catch {
    // The history says itself what is the matter with it.
    return { lastSeq: 0, incidents: noIncidents };
  }
}

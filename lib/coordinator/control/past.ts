import type { History } from "../../history/history.ts";
import type { Params } from "../../model/control.ts";
import type { EdgesVerdict, GateVerdict } from "../../model/control-answers.ts";
import type { IncidentHistory } from "../../model/transition.ts";
import type { GateRecord, History as Starts, Reports } from "../../model/history.ts";

/** A gate's verdict as the history keeps it. */
export function gateRecord(phase: string, verdict: GateVerdict, atMs: number, beganMs?: number): GateRecord {
  return {
    phase,
    beganMs,
    atMs,
    opened: verdict.opened,
    services: verdict.services.map(({ service, state }) => ({ service, state })),
    failures: verdict.opened ? [] : verdict.failures,
  };
}

/** That a phase was not begun because of its edges, as the history keeps it. */
export function edgesRecord(
  phase: string,
  { edges, usedMs, budgetMs }: EdgesVerdict & { readonly proven: false },
  atMs: number,
): GateRecord {
  const record = { phase, atMs, opened: false, services: [], failures: [] };
  return { ...record, edges: { statuses: edges, usedMs, budgetMs } };
}

/** Which of what was is read. */
interface Query {
  /** Default: all. */
  readonly services: readonly string[] | undefined;
  readonly last: number;
}

/** The last starts. @throws PhasegateError PHASEGATE_HISTORY_UNREADABLE */
export function starts(history: History, query: Query): Starts {
  const { records, cut } = history.starts(query);
  return { starts: records, cut };
}

/** The last gates that did not open, and whether they have opened since. @throws PhasegateError PHASEGATE_HISTORY_UNREADABLE */
export function reports(history: History, params: Params<"report">): Reports {
  const { records, cut } = history.closedGates(params);
  return {
    reports: records.map((record) => {
      const lastMs = history.lastOpenedMs(record.phase);
      const openedMs = lastMs !== undefined && lastMs > record.atMs ? lastMs : undefined;
      return { ...record, opened: false, openedMs };
    }),
    cut,
  };
}

/** The last incidents. @throws PhasegateError PHASEGATE_HISTORY_UNREADABLE */
export function incidents(history: History, query: Query): IncidentHistory {
  const { records, cut } = history.incidents(query);
  return { incidents: records, cut };
}

import { PhasegateError } from "../core/errors.ts";
import type { GateRecord, StartRecord } from "../model/history.ts";
import type { Incident, Transition } from "../model/transition.ts";
import type { Recorder } from "./recorder.ts";
import { silentRecorder } from "./recorder.ts";
import type { Page } from "./rows.ts";
import type { FigureHistory } from "./figure-history.ts";
import { noFigures } from "./figure-history.ts";

/** Which transitions are read: the last of them, the newest first, or the first of them, the oldest first. */
export interface TransitionQuery {
  /** Only those with a greater number. */
  readonly afterSeq?: number | undefined;
  /** Only those of these services. */
  readonly services?: readonly string[] | undefined;
  /** How many, at most. */
  readonly last: number;
  /** Whether the oldest are read. */
  readonly oldest?: boolean | undefined;
}

/** Which incidents are read: the last of them, the newest first. */
export interface IncidentQuery {
  /** Only those that concern one of these services. */
  readonly services?: readonly string[] | undefined;
  readonly last: number;
}

/** What the coordinator has kept of its stack's starts and gates, and where it writes what happens. */
export interface History extends Recorder {
  /** The last starts of these services, or of all. @throws PhasegateError PHASEGATE_HISTORY_UNREADABLE */
  starts(query: {
    readonly services?: readonly string[] | undefined;
    readonly last: number;
  }): Page<StartRecord>;
  /** The last gates of a phase, or of all, that did not open. @throws PhasegateError PHASEGATE_HISTORY_UNREADABLE */
  closedGates(query: { readonly phase?: string | undefined; readonly last: number }): Page<GateRecord>;
  /** When a phase's gate last opened. @throws PhasegateError PHASEGATE_HISTORY_UNREADABLE */
  lastOpenedMs(phase: string): number | undefined;
  /** The last transitions. @throws PhasegateError PHASEGATE_HISTORY_UNREADABLE */
  transitions(query: TransitionQuery): Page<Transition>;
  /** The last incidents. @throws PhasegateError PHASEGATE_HISTORY_UNREADABLE */
  incidents(query: IncidentQuery): Page<Incident>;
  /** What success figures are computed from. */
  readonly figures: FigureHistory;
  /** Why nothing is being written, in words; undefined while all is well. */
  problem(): string | undefined;
  /** Writes what is still to be written. */
  close(): void;
}

/** A history that cannot be had: what is written to it is lost, and who reads gets the reason. */
export function noHistory(why: string): History {
  const refuse = (): never => {
    throw unreadable(why);
  };
  return {
    ...silentRecorder,
    starts: refuse,
    closedGates: refuse,
    lastOpenedMs: refuse,
    transitions: refuse,
    incidents: refuse,
    figures: noFigures(refuse),
    problem: () => why,
    close: () => undefined,
  };
}

export function unreadable(why: string, cause?: unknown): PhasegateError {
  return new PhasegateError("PHASEGATE_HISTORY_UNREADABLE", `the history cannot be read: ${why}`, { cause });
}

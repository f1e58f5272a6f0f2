import { PhasegateError } from "../../core/errors.ts";
import type { History, TransitionQuery } from "../../history/history.ts";
import type { Transition } from "../../model/transition.ts";
import type { TransitionStream } from "./transition-stream.ts";

/** Where past transitions are had from: the last ones from memory, older ones from the disk. */
export interface PastTransitions {
  readonly stream: TransitionStream;
  readonly history: History;
}

/** How many are read from the disk at once. */
const batch = 500;

/** The last transitions of these services, or of all, oldest first. */
export function lastTransitions(
  { stream, history }: PastTransitions,
  { last, services }: { readonly last: number; readonly services?: readonly string[] | undefined },
): readonly Transition[] {
  if (last === 0) return [];
  const recent = stream.since(0).filter((one) => services === undefined || services.includes(one.service));
  if (recent.length >= last) return recent.slice(-last);
  const oldest = stream.since(0)[0]?.seq ?? Infinity;
  const kept = read(history, { last, services }).filter(({ seq }) => seq < oldest);
  return [...kept.toReversed(), ...recent].slice(-last);
}

/** The transitions after a number, oldest first, or the first of them where there are many; empty where there is none. */
export function nextTransitions({ stream, history }: PastTransitions, after: number): readonly Transition[] {
  const recent = stream.since(after);
  if (recent[0]?.seq === after + 1 || stream.lastSeq() <= after) return recent;
  const kept = read(history, { last: batch, afterSeq: after, oldest: true });
  // What was not written, and is in memory no more, is lost.
  return kept.length > 0 ? kept : recent;
}

/** What cannot be read is not known; the status says so. */
function read(history: History, query: TransitionQuery): readonly Transition[] {
  try {
    return history.transitions(query).records;
  } catch (error) {
    if (error instanceof PhasegateError && error.code === "PHASEGATE_HISTORY_UNREADABLE") return [];
    throw error;
  }
}

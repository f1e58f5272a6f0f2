import { isDeepStrictEqual } from "node:util";
import type { Json } from "../core/json.ts";
import { isRecord, valueAt } from "./differences.ts";
import { bounds } from "./looser-bounds.ts";

const probeBounds = bounds.filter(({ of }) => of === "probe");

// A part of a composite has the level of the whole; whether it writes, and what its failing means, are the whole's matter too.
const noQuestion = new Set([
  "level",
  "mutates",
  "whenFailing",
  ...probeBounds.map(({ at }) => at.split(".")[0]),
]);

/** What a probe asks, without the bounds on the answer. */
export function questionOf(probe: Json): Json {
  if (!isRecord(probe)) return probe;
  return Object.fromEntries(Object.entries(probe).filter(([key]) => !noQuestion.has(key)));
}

/**
 * Whether it can be shown that one probe passes only where another would: it asks the same and bounds the answer no
 * less, or it is put together of such. False says that it cannot be shown, not that it is otherwise.
 */
export function implies(one: Json, other: Json): boolean {
  if (kindOf(other) === "all") return partsOf(other).every((part) => implies(one, part));
  if (kindOf(one) === "any") return partsOf(one).every((part) => implies(part, other));
  if (kindOf(other) === "any" && partsOf(other).some((part) => implies(one, part))) return true;
  if (kindOf(one) === "all" && partsOf(one).some((part) => implies(part, other))) return true;
  if (isComposite(one) || isComposite(other)) {
    // What must not pass is the other way about: the fewer ways it leaves open, the stricter it is.
    const [part, otherPart] = [valueAt(one, ["part"]), valueAt(other, ["part"])];
    return part !== undefined && otherPart !== undefined && implies(otherPart, part);
  }
  return (
    isDeepStrictEqual(questionOf(one), questionOf(other)) &&
    !probeBounds.some(({ at, looser }) => looser(valueAt(other, at.split(".")), valueAt(one, at.split("."))))
  );
}

/** Whether a probe is put together of others. */
export function isComposite(probe: Json): boolean {
  return ["all", "any", "not"].includes(kindOf(probe));
}

function kindOf(probe: Json): string {
  const kind = valueAt(probe, ["kind"]);
  return typeof kind === "string" ? kind : "";
}

function partsOf(probe: Json): readonly Json[] {
  const parts = valueAt(probe, ["parts"]);
  return Array.isArray(parts) ? (parts as readonly Json[]) : [];
}

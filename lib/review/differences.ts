import { isDeepStrictEqual } from "node:util";
import type { Json } from "../core/json.ts";
import type { PlanPath } from "../model/plan-path.ts";

/** A value of a plan; undefined where a plan has none. */
export type Value = Json | undefined;

/** A place at which several plans do not all say the same. */
export interface Difference {
  readonly path: PlanPath;
  /** What each of them says, in the order in which they were given. */
  readonly values: readonly Value[];
}

/**
 * Every place at which not all of some JSON values agree. Objects are compared member by member; an array is one
 * value. What one of them lacks altogether is one difference, at the place where it is missing.
 */
export function differences(values: readonly Value[], path: PlanPath = []): Difference[] {
  const [first, ...others] = values;
  if (others.every((other) => isDeepStrictEqual(other, first))) return [];
  if (!values.every(isRecord)) return [{ path, values }];
  const keys = new Set(values.flatMap((value) => Object.keys(value)));
  return [...keys].flatMap((key) =>
    differences(
      values.map((value) => member(value, key)),
      [...path, key],
    ),
  );
}

/** What a JSON value has at a path; undefined where it has nothing. */
export function valueAt(value: Value, path: PlanPath): Value {
  return path.reduce<Value>((within, key) => (isRecord(within) ? member(within, key) : undefined), value);
}

/** Whether a JSON value is an object with members, and no array. */
export function isRecord(value: Value): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function member(value: { readonly [key: string]: Json }, key: string): Value {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

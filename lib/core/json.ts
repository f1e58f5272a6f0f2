import { z } from "zod";

/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Accepts any JSON value in parsed data. */
export const jsonSchema: z.ZodType<Json> = z.custom<Json>(isJson, {
  error: "must be JSON: texts, finite numbers, true, false, null, lists and plain objects",
});

function isJson(value: unknown): value is Json {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object") return false;
  if (Array.isArray(value)) return value.every(isJson);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.values(value).every(isJson);
}

/**
 * Where a JSON value differs from the part of it that is expected, in words; undefined where it holds.
 * Objects may have more keys than expected; arrays must have the same length; scalars must be equal.
 * @example jsonMismatch({ ready: false }, { ready: true }) // "ready is false, expected true"
 */
export function jsonMismatch(actual: unknown, expected: Json, path = ""): string | undefined {
  const at = path === "" ? "the body" : path;
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return `${at} is ${brief(actual)}, expected an array`;
    if (actual.length !== expected.length)
      return `${at} has ${actual.length} items, expected ${expected.length}`;
    return first(expected.map((item: Json, i) => jsonMismatch(actual[i], item, `${path}[${i}]`)));
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null || Array.isArray(actual))
      return `${at} is ${brief(actual)}, expected an object`;
    const members = actual as Record<string, unknown>;
    return first(
      Object.entries(expected).map(([key, value]) => {
        const member = path === "" ? key : `${path}.${key}`;
        return Object.hasOwn(members, key)
          ? jsonMismatch(members[key], value, member)
          : `${member} is missing`;
      }),
    );
  }
  return actual === expected ? undefined : `${at} is ${brief(actual)}, expected ${JSON.stringify(expected)}`;
}

function first(mismatches: readonly (string | undefined)[]): string | undefined {
  return mismatches.find((mismatch) => mismatch !== undefined);
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

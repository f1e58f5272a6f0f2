import type { Problem } from "../core/problem.ts";
import { placeText } from "../core/problem.ts";

/** Deeper than anything that people write. What reads a declaration calls itself at each level. */
const deepest = 100;

/**
 * Where a value is not plain data: objects of a class, members that its prototype hides or lends, circles. None of it
 * could be written into a plan, and a name `__proto__` would vanish without a word.
 */
export function notPlainData(value: unknown): Problem[] {
  return within(value, [], []);
}

function within(value: unknown, path: readonly PropertyKey[], around: readonly object[]): Problem[] {
  if (typeof value !== "object" || value === null) return [];
  const at = (message: string): Problem[] => [{ path: placeText(path), message }];
  if (around.includes(value)) return at("leads in a circle: it holds itself");
  if (path.length > deepest) return at(`is nested deeper than ${deepest} levels`);
  const inner = (member: unknown, key: PropertyKey) => within(member, [...path, key], [...around, value]);
  if (Array.isArray(value)) return value.flatMap(inner);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Object.hasOwn(value, "__proto__")) return at('must have no key "__proto__"');
  if (prototype !== Object.prototype && prototype !== null)
    return at(
      isClassObject(prototype)
        ? "must be plain data, and is an object of a class"
        : 'must be plain data: its key "__proto__" set its prototype, and nothing else',
    );
  return Object.entries(value).flatMap(([key, member]) => inner(member, key));
}

function isClassObject(prototype: unknown): boolean {
  return typeof prototype === "object" && prototype !== null && Object.hasOwn(prototype, "constructor");
}

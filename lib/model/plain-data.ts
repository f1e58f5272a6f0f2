import type { Problem } from "../core/problem.ts";
import { placeText } from "../core/problem.ts";

/** Deeper than anything that people write. What reads a declaration calls itself at each level. */
const deepest = 100;

/**
 * Where a value is not plain data: objects of a class, members that its prototype hides or lends, circles. None of it
 * could be written into a plan, and a name `__proto__` would vanish without a word.
 */
export function notPlainData(value: unknown): Problem[] {
  const problems: Problem[] = [];
  // Where the walk is: a large declaration has tens of thousands of members, and none gets a path of its own.
  const path: PropertyKey[] = [];
  const around: object[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const message = oddity(value, around);
    if (message !== undefined) return void problems.push({ path: placeText(path), message });
    around.push(value);
    const members: Iterable<[PropertyKey, unknown]> = Array.isArray(value)
      ? value.entries()
      : Object.entries(value);
    for (const [key, member] of members) {
      path.push(key);
      walk(member);
      path.pop();
    }
    around.pop();
  };
  walk(value);
  return problems;
}

/** What is wrong with an object itself, apart from its members. */
function oddity(value: object, around: readonly object[]): string | undefined {
  if (around.includes(value)) return "leads in a circle: it holds itself";
  if (around.length > deepest) return `is nested deeper than ${deepest} levels`;
  if (Array.isArray(value)) return undefined;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Object.hasOwn(value, "__proto__")) return 'must have no key "__proto__"';
  if (prototype === Object.prototype || prototype === null) return undefined;
  return isClassObject(prototype)
    ? "must be plain data, and is an object of a class"
    : 'must be plain data: its key "__proto__" set its prototype, and nothing else';
}

function isClassObject(prototype: unknown): boolean {
  return typeof prototype === "object" && prototype !== null && Object.hasOwn(prototype, "constructor");
}

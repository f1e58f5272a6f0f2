import type { Path } from "./compose-yaml.ts";

/** Attributes of a service that the later file replaces as a whole. */
const replaced = new Set(["command", "entrypoint", "healthcheck.test"]);

/** Lists of a service in which what has the same key is the same thing, so that the later file's counts. */
const keyOf: Readonly<Record<string, (item: Record<string, unknown>) => string>> = {
  ports: ({ ip, target, published, protocol }) => JSON.stringify([ip, target, published, protocol]),
  volumes: ({ target }) => String(target),
  secrets: ({ source, target }) => String(target ?? source),
  configs: ({ source, target }) => String(target ?? source),
};

/**
 * One service over another, by compose's rules: mappings are merged, lists are appended, what is single is
 * replaced; with the exceptions above. The compose specification, "Merge and override".
 */
export function mergeService<T extends object>(base: T, over: T, path: readonly string[] = []): T {
  const result = { ...base } as Record<string, unknown>;
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const at = [...path, key];
    // A member named __proto__ is defined, not assigned.
    Object.defineProperty(result, key, {
      value: mergeValue(Object.hasOwn(result, key) ? result[key] : undefined, value, at),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result as T;
}

function mergeValue(base: unknown, over: unknown, path: readonly string[]): unknown {
  if (replaced.has(path.join("."))) return over;
  if (Array.isArray(base) && Array.isArray(over)) return mergeLists(base, over, path);
  return isMapping(base) && isMapping(over) ? mergeService(base, over, path) : over;
}

function mergeLists(base: readonly unknown[], over: readonly unknown[], path: readonly string[]): unknown[] {
  const key = path.length === 1 ? keyOf[path[0] ?? ""] : undefined;
  if (key === undefined) return [...base, ...over];
  const items = [...base, ...over] as Record<string, unknown>[];
  return [...new Map(items.map((item) => [key(item), item])).values()];
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value without what lies at these places: what `!reset` and `!override` take away from the files before. */
export function withoutPlaces<T>(value: T, places: readonly Path[]): T {
  return places.reduce<unknown>(without, value) as T;
}

function without(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined || !isMapping(value) || !Object.hasOwn(value, String(first))) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      if (key !== String(first)) return [[key, member]];
      return rest.length === 0 ? [] : [[key, without(member, rest)]];
    }),
  );
}

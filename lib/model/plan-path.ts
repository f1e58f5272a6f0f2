/** A place in a plan: the keys that lead to it. An array is one value; no path leads into it. */
export type PlanPath = readonly string[];

const plainKey = /^[A-Za-z0-9_$-]+$/;

/**
 * A path as people write it.
 * @example pathText(["services", "redis", "files", "/etc/redis.conf"]) // 'services.redis.files["/etc/redis.conf"]'
 */
export function pathText(path: PlanPath): string {
  return path.reduce(
    (before, key) =>
      !plainKey.test(key)
        ? `${before}["${key.replaceAll(/["\\]/g, "\\$&")}"]`
        : before === ""
          ? key
          : `${before}.${key}`,
    "",
  );
}

/** A path in which `*` stands for any one key and `**`, at the end, for whatever follows, be it nothing. */
export interface PathPattern {
  readonly keys: readonly (string | typeof anyKey)[];
  readonly andBelow: boolean;
}

const anyKey = Symbol("any key");
const step = /\.?([A-Za-z0-9_$-]+|\*\*?)|\["((?:[^"\\]|\\["\\])*)"\]/y;

/**
 * Reads a pattern: `services.*.published.port`, `services.*.env.**`, `services.redis.files["/etc/redis.conf"]`.
 * Undefined when the text is none: `*` is a whole key, and `**` stands at the end only.
 */
export function parsePattern(text: string): PathPattern | undefined {
  const keys: (string | typeof anyKey)[] = [];
  let at = 0;
  while (at < text.length) {
    step.lastIndex = at;
    const [whole, plain, quoted] = step.exec(text) ?? [];
    // A dot stands between two keys, and nowhere else.
    if (whole === undefined || (quoted === undefined && whole.startsWith(".") !== at > 0)) return undefined;
    at += whole.length;
    if (plain === "**") return at === text.length ? { keys, andBelow: true } : undefined;
    keys.push(plain === "*" ? anyKey : (plain ?? (quoted ?? "").replaceAll(/\\(.)/g, "$1")));
  }
  return keys.length === 0 ? undefined : { keys, andBelow: false };
}

/**
 * The keys for which the wildcards of a pattern stand in a path, the rest under `**` left out; undefined when the
 * path is another.
 * @example matchPath(pattern("services.*.env.**"), ["services", "api", "env", "MODE"]) // ["api"]
 */
export function matchPath({ keys, andBelow }: PathPattern, path: PlanPath): readonly string[] | undefined {
  if (path.length < keys.length || (path.length > keys.length && !andBelow)) return undefined;
  const found: string[] = [];
  for (const [i, key] of keys.entries()) {
    const own = path[i] ?? "";
    if (key === anyKey) found.push(own);
    else if (key !== own) return undefined;
  }
  return found;
}

/**
 * A pattern that stands in the code.
 * @throws Error when it is malformed, which is a bug
 */
export function pattern(text: string): PathPattern {
  const parsed = parsePattern(text);
  if (parsed === undefined) throw new Error(`"${text}" is not a pattern of paths`);
  return parsed;
}

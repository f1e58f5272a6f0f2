/** A place where two JSON values differ. */
export interface JsonDifference {
  /** As in code: `restarts.backoff.max`, `status[1]`. */
  readonly path: string;
  /** The value there as JSON; undefined where there is none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * Every place at which two JSON values differ, as deep as both have it. The order of an object's keys does not
 * matter, and a member that is undefined is none.
 * @example jsonDifferences({ a: { b: 1 } }, { a: { b: 2 } }) // [{ path: "a.b", before: "1", after: "2" }]
 */
export function jsonDifferences(before: unknown, after: unknown, path = ""): JsonDifference[] {
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, i) => jsonDifferences(item, after[i], `${path}[${i}]`));
  if (isRecord(before) && isRecord(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      jsonDifferences(before[key], after[key], path === "" ? key : `${path}.${key}`),
    );
  }
  const [textBefore, textAfter] = [text(before), text(after)];
  return textBefore === textAfter ? [] : [{ path, before: textBefore, after: textAfter }];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

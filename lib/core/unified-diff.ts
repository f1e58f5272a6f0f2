/** How many unchanged lines stand around a change. */
const context = 3;

/**
 * A unified diff of two texts that differ within lines: both must have as many lines. Empty where they are equal.
 * `git apply` and `patch -p1` take it.
 * @param path the file's path from the folder in which the diff is applied
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  if (old.length !== now.length) throw new Error(`${path}: ${old.length} lines against ${now.length}`);
  // What follows the last line break is no line.
  const length = old.at(-1) === "" && now.at(-1) === "" ? old.length - 1 : old.length;
  const changed = old.flatMap((line, i) => (line === now[i] ? [] : [i]));
  if (changed.length === 0) return "";

  const hunks: { first: number; last: number }[] = [];
  for (const i of changed) {
    const [first, last] = [Math.max(0, i - context), Math.min(length - 1, i + context)];
    const before = hunks.at(-1);
    if (before && first <= before.last + 1) before.last = last;
    else hunks.push({ first, last });
  }
  const lines = hunks.flatMap(({ first, last }) => [
    `@@ -${first + 1},${last - first + 1} +${first + 1},${last - first + 1} @@`,
    ...hunkLines(old, now, first, last, length),
  ]);
  return [`--- a/${path}`, `+++ b/${path}`, ...lines, ""].join("\n");
}

function hunkLines(
  old: readonly string[],
  now: readonly string[],
  first: number,
  last: number,
  length: number,
): string[] {
  const endless = length === old.length;
  const lines: string[] = [];
  let added: string[] = [];
  for (let i = first; i <= last; i++) {
    const note = endless && i === length - 1 ? ["\\ No newline at end of file"] : [];
    const [before = "", after = ""] = [old[i], now[i]];
    if (before === after) {
      lines.push(...added, ` ${before}`, ...note);
      added = [];
    } else {
      lines.push(`-${before}`, ...note);
      added.push(`+${after}`, ...note);
    }
  }
  return [...lines, ...added];
}

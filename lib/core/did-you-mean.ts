/**
 * The name that was probably meant: the nearest of the known ones, if it is near enough.
 * @example didYouMean("dependOn", ["dependsOn", "services"]) // "dependsOn"
 */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  const near = known
    .map((other) => ({ other, steps: editSteps(name.toLowerCase(), other.toLowerCase()) }))
    .filter(({ other, steps }) => steps <= Math.max(1, Math.floor(Math.max(name.length, other.length) / 3)))
    .sort((a, b) => a.steps - b.steps);
  return near[0]?.other;
}

/** What to say after a name that is not among the known ones: the one that was meant, or all there are. */
export function suggestion(name: string, known: readonly string[]): string {
  const meant = didYouMean(name, known);
  if (meant !== undefined) return `did you mean "${meant}"?`;
  if (known.length === 0) return "there are none";
  return `there ${known.length === 1 ? "is" : "are"} ${known.join(", ")}`;
}

/** A name longer than this is no misspelt one; the comparison takes time with the product of the lengths. */
const longestName = 64;

/** How many letters must be put in, left out, changed, or swapped with their neighbour (Damerau and Levenshtein). */
function editSteps(from: string, to: string): number {
  if (from.length > longestName || to.length > longestName) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (beforeLast[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, row];
  }
  return last[to.length] ?? 0;
}

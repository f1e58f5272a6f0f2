/** What stands in a label for all that came after the bound was reached. */
export const folded = "other";

/**
 * Keeps the number of a metric's series bounded: the first `most` combinations of values are what they are, and each that comes
 * after them is {@link folded}.
 * @param onFolded called once, with the first that is
 */
export function boundedLabels(
  most: number,
  onFolded: (values: readonly string[]) => void,
): (values: readonly string[]) => readonly string[] {
  const known = new Set<string>();
  let said = false;
  return (values) => {
    const key = JSON.stringify(values);
    if (known.has(key)) return values;
    if (known.size < most) {
      known.add(key);
      return values;
    }
    if (!said) onFolded(values);
    said = true;
    return values.map(() => folded);
  };
}

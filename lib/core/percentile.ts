/**
 * A percentile by nearest rank: the smallest of the values that at least `percent` per cent of them do not exceed.
 * NaN of no values.
 * @param percent a whole number from 1 to 100
 * @example percentile([30, 10, 20], 50) // 20
 */
export function percentile(values: readonly number[], percent: number): number {
  const ordered = [...values].sort((a, b) => a - b);
  return ordered[Math.ceil((ordered.length * percent) / 100) - 1] ?? Number.NaN;
}

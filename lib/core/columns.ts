/** Rows of cells as text in aligned columns, two spaces apart. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  return alignedRows(rows).join("\n");
}

/** As {@link alignColumns}, a text a row. */
export function alignedRows(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, i) => Math.max(most[i] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

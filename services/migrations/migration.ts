/** One step of the schema. Once released it never changes: what comes next is a new one. */
export interface Migration {
  /** Four digits; migrations apply in this order, and the last one's is the database's version. */
  readonly version: string;
  readonly title: string;
  /** May be run again on a database that has it: that is how a lost alembic_version is repaired. */
  readonly sql: string;
}

/** @throws RangeError when versions are malformed, repeated or out of order: a mistake in this program. */
export function assertOrdered(migrations: readonly Migration[]): void {
  migrations.forEach(({ version }, index) => {
    const expected = String(index + 1).padStart(4, "0");
    if (version !== expected)
      throw new RangeError(`migration ${version} stands where ${expected} is expected`);
  });
}

/**
 * The migrations that a database at a version still needs.
 * @throws RangeError when the version is not one of these: the database is ahead of this program.
 */
export function pendingAfter(
  migrations: readonly Migration[],
  version: string | undefined,
): readonly Migration[] {
  if (version === undefined) return migrations;
  const applied = migrations.findIndex((migration) => migration.version === version);
  if (applied === -1) {
    throw new RangeError(
      `the database is at version ${version}, which this program does not know; deploy a newer one`,
    );
  }
  return migrations.slice(applied + 1);
}

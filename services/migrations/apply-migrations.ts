import type { Client } from "pg";
import { type Migration, assertOrdered, pendingAfter } from "./migration.ts";

/** The lock that keeps two runs of this job apart. Any number does, if nothing else uses it. */
const lockId = 4_021_972;

export interface Applied {
  readonly applied: readonly string[];
  readonly version: string | undefined;
}

/**
 * Brings the database to the last migration's version and records it in alembic_version, all or nothing.
 * A database that is there already is left as it is.
 */
export async function applyMigrations(client: Client, migrations: readonly Migration[]): Promise<Applied> {
  assertOrdered(migrations);
  await client.query("BEGIN");
  try {
    await client.query("SET LOCAL lock_timeout = '60s'");
    await client.query("SELECT pg_advisory_xact_lock($1)", [lockId]);
    await client.query("CREATE TABLE IF NOT EXISTS alembic_version (version_num varchar(32) PRIMARY KEY)");
    const { rows } = await client.query<{ version_num: string }>("SELECT version_num FROM alembic_version");
    const before = rows[0]?.version_num;
    const pending = pendingAfter(migrations, before);
    for (const migration of pending) await apply(client, migration);
    const version = pending.at(-1)?.version ?? before;
    if (version !== undefined && version !== before) {
      await client.query("DELETE FROM alembic_version");
      await client.query("INSERT INTO alembic_version (version_num) VALUES ($1)", [version]);
    }
    await client.query("COMMIT");
    return { applied: pending.map((migration) => migration.version), version };
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function apply(client: Client, { version, title, sql }: Migration): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`migration ${version} (${title}) failed, nothing was applied: ${reason}`, {
      cause: error,
    });
  }
}

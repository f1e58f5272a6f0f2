import { readEnvironment } from "../shared/environment.ts";
import { reasonOf } from "../shared/failure-reason.ts";
import { logLine } from "../shared/json-log.ts";
import { applyMigrations } from "./apply-migrations.ts";
import { migrationsEnvironment } from "./environment.ts";
import { migrations } from "./sql/index.ts";
import { connectToDatabase } from "./wait-for-database.ts";

const service = "migrations";

// As process 1 of a container nothing else ends this job on SIGTERM; an open transaction is rolled back by the server.
process.on("SIGTERM", () => {
  logLine(service, "warn", "stopped before the end");
  process.exit(143);
});

try {
  const { DATABASE_URL, WAIT_FOR_DATABASE } = readEnvironment(migrationsEnvironment, process.env);
  const client = await connectToDatabase(DATABASE_URL, WAIT_FOR_DATABASE);
  try {
    const result = await applyMigrations(client, migrations);
    logLine(service, "info", "database is up to date", { ...result });
  } finally {
    await client.end();
  }
} catch (error) {
  logLine(service, "fatal", "database is not migrated", { reason: reasonOf(error) });
  process.exitCode = 1;
}

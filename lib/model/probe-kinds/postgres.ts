import { excerpt } from "../../core/excerpt.ts";
import { wholeNumber } from "../../core/schema-parts.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";
import type { QueryOptions } from "../probe-parts/query.ts";
import { queried, querySchemas } from "../probe-parts/query.ts";
import type { sharedKinds } from "../probe-parts/shared-kinds.ts";

export const postgresQuery = probeKind("postgres-query", querySchemas, {
  speaks: "postgres",
  describe: ({ statement }) => `the query ${excerpt(statement, 60)}`,
});
export interface DeclaredSql extends DeclaredAs<typeof sharedKinds.sql> {}

export const postgresConnections = probeKind(
  "postgres-connections",
  { count: wholeNumber(1, 1000) },
  { speaks: "postgres", describe: ({ count }) => `${count} connections` },
);
export interface DeclaredConnections extends DeclaredAs<typeof sharedKinds.connections> {}

/**
 * Runs a statement on PostgreSQL, MySQL, MariaDB or ClickHouse: on whichever the service is.
 * @example sql("SELECT version_num FROM alembic_version", { rows: { atLeast: 1 } })
 */
export function sql(statement: string, options?: QueryOptions): DeclaredSql {
  return queried(made({ kind: "sql", statement }, options));
}

/** Proves that PostgreSQL, MySQL or MariaDB takes `count` connections at the same time, as a client's pool will open them. */
export function connections(count: number, options?: ProbeOptions): DeclaredConnections {
  return made({ kind: "connections", count }, options);
}

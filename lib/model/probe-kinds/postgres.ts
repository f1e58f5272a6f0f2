import { excerpt } from "../../core/excerpt.ts";
import { wholeNumber } from "../../core/schema-parts.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";
import type { QueryOptions } from "../probe-parts/query.ts";
import { queried, querySchemas } from "../probe-parts/query.ts";

export const postgresQuery = probeKind("postgres-query", querySchemas, {
  speaks: "postgres",
  describe: ({ statement }) => `the query ${excerpt(statement, 60)}`,
});
export interface DeclaredPostgresQuery extends DeclaredAs<typeof postgresQuery> {}

export const postgresConnections = probeKind(
  "postgres-connections",
  { count: wholeNumber(1, 1000) },
  { speaks: "postgres", describe: ({ count }) => `${count} connections` },
);
export interface DeclaredPostgresConnections extends DeclaredAs<typeof postgresConnections> {}

/**
 * Runs a statement on PostgreSQL.
 * @example sql("SELECT version_num FROM alembic_version", { rows: { atLeast: 1 } })
 */
export function sql(statement: string, options?: QueryOptions): DeclaredPostgresQuery {
  return queried(made({ kind: "postgres-query", statement }, options));
}

/** Proves that PostgreSQL takes `count` connections at the same time, as a client's pool will open them. */
export function connections(count: number, options?: ProbeOptions): DeclaredPostgresConnections {
  return made({ kind: "postgres-connections", count }, options);
}

import { excerpt } from "../../core/excerpt.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { QueryOptions } from "../probe-parts/query.ts";
import { queried, querySchemas } from "../probe-parts/query.ts";

export const clickhouseQuery = probeKind("clickhouse-query", querySchemas, {
  speaks: "clickhouse",
  describe: ({ statement }) => `the query ${excerpt(statement, 60)}`,
});
export interface DeclaredClickhouseQuery extends DeclaredAs<typeof clickhouseQuery> {}

/**
 * Runs a query on ClickHouse.
 * @example query("SELECT * FROM system.tables LIMIT 1", { rows: { atLeast: 1 } })
 */
export function query(statement: string, options?: QueryOptions): DeclaredClickhouseQuery {
  return queried(made({ kind: "clickhouse-query", statement }, options));
}

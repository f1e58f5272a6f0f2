import { excerpt } from "../../core/excerpt.ts";
import { wholeNumber } from "../../core/schema-parts.ts";
import { probeKind } from "../probe-parts/kind.ts";
import { querySchemas } from "../probe-parts/query.ts";

// A declaration says `sql` and `connections`: see ../probe-parts/shared-kinds.ts.

export const mysqlQuery = probeKind("mysql-query", querySchemas, {
  speaks: "mysql",
  describe: ({ statement }) => `the query ${excerpt(statement, 60)}`,
});

export const mysqlConnections = probeKind(
  "mysql-connections",
  { count: wholeNumber(1, 1000) },
  { speaks: "mysql", describe: ({ count }) => `${count} connections` },
);

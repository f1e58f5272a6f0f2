import { addressOf } from "../address.ts";
import type { Attempt } from "../probe-kind.ts";
import { sqlQuery } from "../sql/attempts.ts";
import { clickhouseCause } from "./cause.ts";
import { openClickHouse } from "./client.ts";

/** Runs a statement, read-only unless the probe mutates, and judges its rows and its speed. */
export const clickhouseQuery: Attempt<"clickhouse-query"> = sqlQuery({
  open: openClickHouse,
  causeOf: (error, target, context) => clickhouseCause(error, addressOf(target), context),
});

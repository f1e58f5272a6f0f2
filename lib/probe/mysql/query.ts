import type { Attempt } from "../probe-kind.ts";
import { sqlQuery } from "../sql/attempts.ts";
import { mysql } from "./family.ts";

/** Runs a statement, in a read-only transaction unless the probe mutates, and judges its rows and its speed. */
export const mysqlQuery: Attempt<"mysql-query"> = sqlQuery(mysql);

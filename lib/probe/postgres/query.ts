import type { Attempt } from "../probe-kind.ts";
import { sqlQuery } from "../sql/attempts.ts";
import { postgres } from "./family.ts";

/** Runs a statement, in a read-only transaction unless the probe mutates, and judges its rows and its speed. */
export const postgresQuery: Attempt<"postgres-query"> = sqlQuery(postgres);

import type { Attempt } from "../probe-kind.ts";
import { sqlConnections } from "../sql/attempts.ts";
import { mysql } from "./family.ts";

/** Opens `count` connections at the same time, runs a statement on each, and closes none before all have answered. */
export const mysqlConnections: Attempt<"mysql-connections"> = sqlConnections(mysql);

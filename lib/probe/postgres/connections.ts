import type { Attempt } from "../probe-kind.ts";
import { sqlConnections } from "../sql/attempts.ts";
import { postgres } from "./family.ts";

/** Opens `count` connections at the same time, runs a statement on each, and closes none before all have answered. */
export const postgresConnections: Attempt<"postgres-connections"> = sqlConnections(postgres);

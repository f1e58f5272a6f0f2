/**
 * Kinds of a declaration that several kinds of services can be probed by: one word for one question. A plan has no such
 * kinds: resolving it makes the probe kind of the service's own protocol of them.
 */
import { z } from "zod";
import { exactObject, wholeNumber } from "../../core/schema-parts.ts";
import { commonProbeSchemas } from "./options.ts";
import { querySchemas } from "./query.ts";

/** A shared kind, and the probe kind that it comes to for each kind of service. */
function sharedKind<
  const Name extends string,
  const Shape extends z.core.$ZodShape,
  const Of extends Readonly<Record<string, string>>,
>(name: Name, shape: Shape, of: Of) {
  return { of, schema: exactObject({ kind: z.literal(name), ...commonProbeSchemas, ...shape }) };
}

export const sharedKinds = {
  sql: sharedKind("sql", querySchemas, {
    postgres: "postgres-query",
    mysql: "mysql-query",
    clickhouse: "clickhouse-query",
  }),
  connections: sharedKind(
    "connections",
    { count: wholeNumber(1, 1000) },
    { postgres: "postgres-connections", mysql: "mysql-connections" },
  ),
  ping: sharedKind("ping", {}, { redis: "redis-ping", mongodb: "mongodb-ping" }),
};

export type SharedKind = keyof typeof sharedKinds;

/** The probe kind that a declared kind comes to for a kind of service. Most are what they are declared as. */
export function kindFor(declared: string, service: string): string {
  if (!Object.hasOwn(sharedKinds, declared)) return declared;
  const of: Readonly<Record<string, string>> = sharedKinds[declared as SharedKind].of;
  // Where it does not fit the service, that is reported with its place.
  return of[service] ?? declared;
}

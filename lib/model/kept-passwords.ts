import type { ServicePlan } from "./plan.ts";
import { secretsIn } from "./text.ts";

/** A secret whose value is initialised into the data on a volume: another value in the config does not change it there. */
export interface KeptPassword {
  /** The secret's name. */
  readonly secret: string;
  /** The volume's name, as the service declares it. */
  readonly volume: string;
}

/**
 * The passwords that a service keeps in its volumes. PostgreSQL writes its password into its data when it makes them,
 * and does not read it again. Redis and ClickHouse read theirs at each start.
 * @example passwordsKeptInVolumes(plan.services.postgres) // [{ secret: "postgresPassword", volume: "data" }]
 */
export function passwordsKeptInVolumes({
  kind,
  readiness: { endpoint },
  env,
  volumes,
}: Pick<ServicePlan, "kind" | "readiness" | "env" | "volumes">): KeptPassword[] {
  if (kind !== "postgres" || endpoint === undefined || !("password" in endpoint)) return [];
  const { PGDATA: data } = env;
  return Object.entries(volumes)
    .filter(([, path]) => overlap(path, typeof data === "string" ? data : "/var/lib/postgresql"))
    .flatMap(([volume]) => secretsIn(endpoint.password).map((secret) => ({ secret, volume })));
}

/** Whether one folder is the other, or within it. Where in its folder PostgreSQL has its data depends on the version. */
function overlap(one: string, other: string): boolean {
  const [a, b] = [`${one.replace(/\/+$/, "")}/`, `${other.replace(/\/+$/, "")}/`];
  return a.startsWith(b) || b.startsWith(a);
}

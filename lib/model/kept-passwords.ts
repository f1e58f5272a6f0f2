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
 * The passwords that a service keeps in its volumes. PostgreSQL, MySQL, MariaDB, MongoDB and RabbitMQ write theirs into their data when
 * they make them, and do not read them again. Redis and ClickHouse read theirs at each start.
 * @example passwordsKeptInVolumes(plan.services.postgres) // [{ secret: "postgresPassword", volume: "data" }]
 */
export function passwordsKeptInVolumes({
  kind,
  readiness: { endpoint },
  env = {},
  volumes = {},
}: ServicePlan): KeptPassword[] {
  const folder = dataFolder(kind, env);
  if (folder === undefined || endpoint === undefined || !("password" in endpoint)) return [];
  const passwords = new Set([...secretsIn(endpoint.password), ...secretsIn(env["MYSQL_ROOT_PASSWORD"])]);
  return Object.entries(volumes)
    .filter(([, path]) => overlap(path, folder))
    .flatMap(([volume]) => [...passwords].map((secret) => ({ secret, volume })));
}

/** Where a server has the data that keep its password. */
function dataFolder(kind: ServicePlan["kind"], env: NonNullable<ServicePlan["env"]>): string | undefined {
  if (kind === "rabbitmq") return "/var/lib/rabbitmq";
  if (kind === "mongodb") return "/data/db";
  if (kind === "mysql") return "/var/lib/mysql";
  if (kind !== "postgres") return undefined;
  return typeof env["PGDATA"] === "string" ? env["PGDATA"] : "/var/lib/postgresql";
}

/** Whether one folder is the other, or within it. Where in its folder PostgreSQL has its data depends on the version. */
function overlap(one: string, other: string): boolean {
  const [a, b] = [`${one.replace(/\/+$/, "")}/`, `${other.replace(/\/+$/, "")}/`];
  return a.startsWith(b) || b.startsWith(a);
}

/** The kinds of services that a declaration is made of. Each function returns plain data. */
import type { UrlParts } from "./endpoint.ts";
import type { KindsOf } from "./probe-kinds.ts";
import type { EnvValue, Service, ServiceOptions, UrlOf, Validations } from "./service.ts";
import type { SecretRef } from "./text.ts";

/** How a secret may come by its value. */
export interface SecretOptions {
  /**
   * Whether a random value is made up where the stack's config sets none: 32 characters, the first time that the
   * stack comes up, kept in its state as a Pulumi secret. For what only the stack's own services know: not for a
   * warehouse's URL or a TLS key. One place that says so counts for all that name the secret. Default false: without
   * a value, `pulumi up` creates nothing and names the command that sets it.
   */
  readonly generate?: boolean;
}

/**
 * Names a secret. Its value comes from the stack's config: `pulumi config set --secret --path phasegate:secrets.NAME`.
 * @example secret("warehouseUrl")
 * @example secret("sessionSecret", { generate: true })
 */
export function secret<const Name extends string>(
  name: Name,
  { generate = false }: SecretOptions = {},
): SecretRef & { readonly secret: Name } {
  return { secret: name, ...(generate && { generate }) };
}

/**
 * The URL of another service, with the account that its clients use.
 * @example urlOf("postgres", { scheme: "postgresql+asyncpg" }) // postgresql+asyncpg://app:…@postgres:5432/app
 */
export function urlOf<const Name extends string>(service: Name, parts: UrlParts = {}): UrlOf<Name> {
  return { urlOf: service, ...parts };
}

/** An image made of a TypeScript (or JavaScript) entry file and all that it imports, on the Node.js image. */
export function bundle(entry: string): { readonly bundle: string } {
  return { bundle: entry };
}

type Env = Readonly<Record<string, EnvValue>>;
type ServicesIn<E extends Env> = Extract<E[keyof E], UrlOf>["urlOf"];

interface ServerOptions extends ServiceOptions {
  /** Variables besides those that the other options set. */
  readonly env?: Readonly<Record<string, string | SecretRef>>;
}

interface DatabaseOptions extends ServerOptions {
  readonly database: string;
  /** Default: the database's name. */
  readonly user?: string;
  readonly password: SecretRef;
}

/**
 * A PostgreSQL server on port 5432. The image takes POSTGRES_USER, POSTGRES_PASSWORD and POSTGRES_DB,
 * as the official one does.
 */
export function postgres<const V extends string>({
  database,
  user = database,
  password,
  env,
  validations,
  ...options
}: DatabaseOptions & { readonly validations: Validations<V, KindsOf<"postgres">> }): Service<V, never> {
  return {
    kind: "postgres",
    endpoint: { protocol: "postgres", port: 5432, user, database, password: [password] },
    env: { ...env, POSTGRES_USER: user, POSTGRES_PASSWORD: password, POSTGRES_DB: database },
    files: {},
    healthcheck: { command: ["CMD", "pg_isready", "--host", "127.0.0.1", "--username", user, "--quiet"] },
    validations,
    ...options,
  };
}

/** A Redis server on port 6379. Its password and memory limit are in a config file, not on a command line. */
export function redis<const V extends string>({
  password,
  maxMemory,
  env,
  files,
  validations,
  ...options
}: ServerOptions & {
  /** Default: whoever reaches the server may use it. */
  readonly password?: SecretRef;
  /** Redis' `maxmemory`: "64mb". When it is reached, writes are refused. Default: no limit. */
  readonly maxMemory?: `${number}${"kb" | "mb" | "gb"}`;
  readonly validations: Validations<V, KindsOf<"redis">>;
}): Service<V, never> {
  const limit = maxMemory === undefined ? "" : `maxmemory ${maxMemory}\nmaxmemory-policy noeviction\n`;
  return {
    kind: "redis",
    endpoint: { protocol: "redis", port: 6379, ...(password && { password: [password] }) },
    // redis-cli reads this variable: the engine's own health check must not get NOAUTH for an answer.
    env: { ...env, ...(password && { REDISCLI_AUTH: password }) },
    files: {
      ...files,
      [redisConfig]: password
        ? ['requirepass "', { ...password, encode: "quoted" }, `"\n${limit}`]
        : // Without a password Redis refuses all but its own machine, unless told that this is meant.
          [`protected-mode no\n${limit}`],
    },
    command: ["redis-server", redisConfig],
    healthcheck: { command: ["CMD-SHELL", "redis-cli ping | grep -q PONG"] },
    validations,
    ...options,
  };
}

/** Where a Redis server is told its settings. */
export const redisConfig = "/usr/local/etc/redis/redis.conf";

/**
 * A ClickHouse server, spoken to by HTTP on port 8123. The image takes CLICKHOUSE_USER,
 * CLICKHOUSE_PASSWORD and CLICKHOUSE_DB, as the official one does.
 */
export function clickhouse<const V extends string>({
  database,
  user = database,
  password,
  env,
  validations,
  ...options
}: DatabaseOptions & { readonly validations: Validations<V, KindsOf<"clickhouse">> }): Service<V, never> {
  return {
    kind: "clickhouse",
    endpoint: { protocol: "clickhouse", port: 8123, user, database, password: [password] },
    env: { ...env, CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password, CLICKHOUSE_DB: database },
    files: {},
    healthcheck: {
      // Asks without an account: a password would stand in the list of processes.
      command: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8123/ping"],
    },
    validations,
    ...options,
  };
}

/** A service that is spoken to by HTTP or WebSocket. */
export function httpService<const V extends string, const E extends Env = Record<never, never>>({
  port,
  env,
  validations,
  ...options
}: ServiceOptions & {
  /** The port that it listens on inside the network. */
  readonly port: number;
  readonly env?: E;
  readonly validations: Validations<V, KindsOf<"http">>;
}): Service<V, ServicesIn<E>> {
  return {
    kind: "http",
    endpoint: { protocol: "http", port },
    env: env ?? {},
    files: {},
    validations,
    ...options,
  };
}

/**
 * A service of any other kind: one that speaks another protocol than these, or that has no port at all.
 * @example service({ image: "rabbitmq:4", port: 5672, validations: { ready: { listens: tcp(5672) } } })
 */
export function service<const V extends string, const E extends Env = Record<never, never>>({
  port,
  env,
  validations,
  ...options
}: ServiceOptions & {
  /** The port that it listens on inside the network. Default: nobody calls it. */
  readonly port?: number;
  readonly env?: E;
  readonly validations: Validations<V, KindsOf<"container">>;
}): Service<V, ServicesIn<E>> {
  return {
    kind: "container",
    ...(port !== undefined && { endpoint: { protocol: "tcp", port } }),
    env: env ?? {},
    files: {},
    validations,
    ...options,
  };
}

/**
 * A job: a container that does its work and ends. It is ready when it has completed with exit code 0,
 * which is asked at every level. Validations may add probes of what it left behind, or, with
 * `completed({ exitCode })`, expect another exit code.
 */
export function job<const E extends Env = Record<never, never>>({
  env,
  validations,
  ...options
}: Omit<ServiceOptions, "publish" | "healthcheck"> & {
  readonly env?: E;
  readonly validations?: Validations<string, KindsOf<"job">>;
}): Service<string, ServicesIn<E>> {
  return {
    kind: "job",
    env: env ?? {},
    files: {},
    validations: validations ?? {},
    ...options,
  };
}

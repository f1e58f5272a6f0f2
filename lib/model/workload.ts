/** What follows from a service's kind: how clients reach it, and what its container is given besides what its author wrote. */
import type { Endpoint } from "./endpoint.ts";
import type { EngineHealthcheck, EnvValue, Service } from "./service.ts";
import type { SecretRef, Text } from "./text.ts";
import { tlsOf } from "./tls.ts";

type WithoutHost<E> = E extends Endpoint ? Omit<E, "host"> : never;

/** What a container is given, and where it listens. The author's own word stands before what follows from the kind. */
export interface Workload {
  /** How clients reach it; the host is the service's name. Absent for a job, and for a service without a port. */
  readonly endpoint?: WithoutHost<Endpoint>;
  readonly env: Readonly<Record<string, EnvValue>>;
  readonly files: Readonly<Record<string, Text>>;
  readonly command?: readonly string[];
  readonly healthcheck?: EngineHealthcheck;
}

/** Where a Redis server gets its settings. */
export const redisConfig = "/usr/local/etc/redis/redis.conf";

/** The variables that follow from options. An `env` that sets one of them would be overruled in silence. */
export function variablesOf(service: Service): Readonly<Record<string, keyof Service>> {
  // The images refuse to make an account called root: they have it.
  if (service.kind === "mysql" && userOf(service) === "root") {
    return { MYSQL_ROOT_PASSWORD: "password", MYSQL_DATABASE: "database" };
  }
  // Without a password the image makes no account.
  if (service.kind === "mongodb" && service.password === undefined)
    return { MONGO_INITDB_DATABASE: "database" };
  return variablesOfKind[service.kind];
}

const variablesOfKind: Readonly<Record<Service["kind"], Readonly<Record<string, keyof Service>>>> = {
  postgres: { POSTGRES_USER: "user", POSTGRES_PASSWORD: "password", POSTGRES_DB: "database" },
  mysql: {
    MYSQL_USER: "user",
    MYSQL_PASSWORD: "password",
    MYSQL_DATABASE: "database",
    MYSQL_ROOT_PASSWORD: "rootPassword",
  },
  mongodb: {
    MONGO_INITDB_ROOT_USERNAME: "user",
    MONGO_INITDB_ROOT_PASSWORD: "password",
    MONGO_INITDB_DATABASE: "database",
  },
  // redis-cli reads it: the engine's own health check must not get NOAUTH for an answer.
  redis: { REDISCLI_AUTH: "password" },
  clickhouse: { CLICKHOUSE_USER: "user", CLICKHOUSE_PASSWORD: "password", CLICKHOUSE_DB: "database" },
  rabbitmq: {
    RABBITMQ_DEFAULT_USER: "user",
    RABBITMQ_DEFAULT_PASS: "password",
    RABBITMQ_DEFAULT_VHOST: "vhost",
  },
  // Its accounts are a matter of its listeners.
  kafka: {},
  http: {},
  container: {},
  job: {},
};

/** What an option comes to in the variable that follows from it. */
function optionValue(service: Service, option: keyof Service) {
  if (service.kind === "rabbitmq" && option === "user") return service.user ?? defaultBrokerUser;
  return service[option === "user" ? userOption(service) : option];
}

/** The account that RabbitMQ has where its settings name none. */
const defaultBrokerUser = "guest";

/** The option that says a database's user: its own, or else the database's name. */
export function userOption({ user }: Service): "user" | "database" {
  return user === undefined ? "database" : "user";
}

/** What a service comes to. The declaration has been checked before. */
export function workloadOf(service: Service): Workload {
  const { kind, env: given = {}, files = {}, command, healthcheck = healthcheckOf(service) } = service;
  const own = Object.fromEntries(
    Object.entries(variablesOf(service)).flatMap(([variable, option]): [string, EnvValue][] => {
      const value = optionValue(service, option);
      return value === undefined ? [] : [[variable, value as string | SecretRef]];
    }),
  );
  const env = kind === "mysql" ? { ...given, ...rootPasswordOf({ ...given, ...own }) } : given;
  const endpoint = endpointOf(service);
  const run = command ?? (kind === "redis" ? ["redis-server", redisConfig] : undefined);
  return {
    ...(endpoint && { endpoint }),
    env: { ...env, ...own },
    files: kind === "redis" ? { ...files, [redisConfig]: redisSettings(service) } : files,
    ...(run && { command: run }),
    ...(healthcheck && { healthcheck }),
  };
}

function endpointOf(service: Service): Workload["endpoint"] {
  const { kind, port, password, tls } = service;
  const inTls = tls && { tls: tlsOf(tls) };
  switch (kind) {
    case "postgres":
      return { protocol: "postgres", port: port ?? 5432, ...accountOf(service), ...inTls };
    case "mysql":
      return { protocol: "mysql", port: port ?? 3306, ...accountOf(service), ...inTls };
    case "mongodb": {
      const { database = "", user = database } = service;
      const own = password === undefined ? {} : { user, password: [password] };
      return { protocol: "mongodb", port: port ?? 27017, database, ...own, ...inTls };
    }
    case "clickhouse":
      return { protocol: "clickhouse", port: port ?? (tls ? 8443 : 8123), ...accountOf(service), ...inTls };
    case "redis":
      return { protocol: "redis", port: port ?? 6379, ...(password && { password: [password] }), ...inTls };
    case "rabbitmq": {
      const { user = defaultBrokerUser, vhost = "/" } = service;
      return {
        protocol: "amqp",
        port: port ?? (tls ? 5671 : 5672),
        user,
        password: password === undefined ? [] : [password],
        vhost,
        ...inTls,
      };
    }
    case "kafka": {
      const { user = "kafka", mechanism } = service;
      const account = password && { user, password: [password], ...(mechanism && { mechanism }) };
      return { protocol: "kafka", port: port ?? 9092, ...account, ...inTls };
    }
    case "http":
      return port === undefined ? undefined : { protocol: "http", port, ...inTls };
    case "container":
      return port === undefined ? undefined : { protocol: "tcp", port };
    case "job":
      return undefined;
  }
}

function userOf({ database = "", user = database }: Service): string {
  return user;
}

/** The images of MySQL and MariaDB want to know what root's password is to be. */
function rootPasswordOf(env: Workload["env"]): Workload["env"] {
  const said = Object.keys(env).some((name) =>
    /^(MYSQL|MARIADB)_.*ROOT_PASSWORD|^MYSQL_ALLOW_EMPTY_PASSWORD$/.test(name),
  );
  return said ? {} : { MYSQL_RANDOM_ROOT_PASSWORD: "yes" };
}

function accountOf({ database = "", user = database, password }: Service) {
  return { user, database, password: password === undefined ? [] : [password] };
}

/** Its password and its memory limit are in a config file, not on a command line. */
function redisSettings({ password, maxMemory }: Service): Text {
  const limit = maxMemory === undefined ? "" : `maxmemory ${maxMemory}\nmaxmemory-policy noeviction\n`;
  // Without a password Redis refuses all but its own machine, unless its settings say that this is meant.
  if (password === undefined) return [`protected-mode no\n${limit}`];
  return ['requirepass "', { ...password, encode: "quoted" }, `"\n${limit}`];
}

function healthcheckOf(service: Service): EngineHealthcheck | undefined {
  switch (service.kind) {
    case "postgres": {
      const { user } = accountOf(service);
      return { command: ["CMD", "pg_isready", "--host", "127.0.0.1", "--username", user, "--quiet"] };
    }
    case "mysql":
      // The one or the other is there, by image and version. An account that is refused is an answer, too.
      return {
        command: [
          "CMD-SHELL",
          '"$(command -v mariadb-admin || command -v mysqladmin)" ping --host=127.0.0.1 --silent',
        ],
      };
    case "mongodb":
      if (wantsCertificate(service)) return undefined;
      // Each check starts a shell that is a program of some size.
      return {
        command: [
          ...[
            "CMD",
            "mongosh",
            "--quiet",
            ...(service.tls ? ["--tls", "--tlsAllowInvalidCertificates"] : []),
          ],
          ...["--eval", "quit(db.adminCommand('ping').ok ? 0 : 1)"],
        ],
        interval: "15s",
        timeout: "15s",
      };
    case "redis":
      if (wantsCertificate(service)) return undefined;
      return {
        command: ["CMD-SHELL", `redis-cli ${service.tls ? "--tls --insecure " : ""}ping | grep -q PONG`],
      };
    case "clickhouse":
      // Asks without an account: a password would stand in the list of processes.
      if (wantsCertificate(service)) return undefined;
      return {
        command: service.tls
          ? ["CMD", "wget", "-q", "--no-check-certificate", "-O", "/dev/null", "https://127.0.0.1:8443/ping"]
          : ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8123/ping"],
      };
    case "rabbitmq":
      // Each check starts a virtual machine of its own.
      return { command: ["CMD", "rabbitmq-diagnostics", "-q", "ping"], interval: "15s", timeout: "15s" };
    // It has no command of its own that is quick enough.
    case "kafka":
    case "http":
    case "container":
    case "job":
      return undefined;
  }
}

/** It may want a certificate of its clients; the prober's is the prober's alone. */
function wantsCertificate({ tls }: Service): boolean {
  return tls !== undefined && tls !== true && tls.certificate !== undefined;
}

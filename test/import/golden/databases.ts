/**
 * databases, imported from compose.yaml by "npx phasegate import". From here on this file is the one to
 * change.
 *
 * Next: add databases to stacks/index.ts; go through the comments that begin with "lost", "changed" or
 * "check", and take out those that are dealt with; replace probes that only ask whether a port is open by
 * ones that ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.gisPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.trustingPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.columnsPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.redisPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.postgresqlPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.packagedUrl" --stack STACK
 */
import {
  clickhouse,
  defineStack,
  job,
  ping,
  postgres,
  query,
  redis,
  running,
  secret,
  service,
  sql,
  tcp,
  urlOf,
} from "phasegate";

export const databases = defineStack({
  name: "databases",
  environments: ["development", "test", "staging", "production"],

  phases: {
    infrastructure: {
      title: "Infrastructure",
      services: ["gis", "trusting", "cache", "sessions", "scripted", "packaged", "columns"],
      validation: "ready",
      timeout: "90s",
    },
    loadAndReader: {
      title: "Load and reader",
      services: ["load", "reader"],
      dependsOn: ["infrastructure"],
      validation: "ready",
      timeout: "300s",
    },
    backup: {
      title: "Backup",
      services: ["backup"],
      dependsOn: ["loadAndReader"],
      validation: "ready",
      timeout: "60s",
    },
  },

  needs: {
    load: ["gis"],
    backup: ["gis", "load"],
    reader: ["gis", "trusting", "cache", "sessions", "packaged", "columns"],
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  services: {
    gis: postgres({
      image: "docker.io/postgis/postgis:16-3.4",
      database: "postgres",
      password: secret("gisPassword"),
      // changed: ports: 5432 is published on 127.0.0.1 at the environment's portBase + 432, not on port 15432
      publish: 432,
      command: ["-c", "wal_level=logical"],
      env: { PGDATA: "/data/pg", POSTGRES_INITDB_ARGS: "--data-checksums" },
      volumes: { gis: "/data" },
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    trusting: postgres({
      image: "postgres:16",
      database: "postgres",
      password: secret("trustingPassword"),
      env: { POSTGRES_HOST_AUTH_METHOD: "trust" },
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    cache: redis({
      image: "valkey/valkey:8",
      command: [
        "valkey-server",
        "/usr/local/etc/redis/redis.conf",
        "--appendonly",
        "yes",
        "--save",
        "60",
        "1",
      ],
      healthcheck: { command: ["CMD-SHELL", "valkey-cli ping | grep -q PONG"] },
      validations: { ready: { answers: ping({ level: "basic" }) } },
    }),

    // lost: command: its own configuration file: give its settings as options of the command
    sessions: redis({
      image: "redis:7",
      maxMemory: "1gb",
      // changed: ports: 6379 is published on 127.0.0.1 at the environment's portBase + 379, not on any free
      // port
      publish: 379,
      validations: { ready: { answers: ping({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    scripted: service({
      image: "redis:7",
      command: ["sh", "-c", 'redis-server --requirepass "$REDIS_PASSWORD"'],
      env: { REDIS_PASSWORD: secret("redisPassword") },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    packaged: service({
      image: "bitnami/postgresql:16",
      port: 5432,
      env: {
        POSTGRESQL_USERNAME: "app",
        POSTGRESQL_PASSWORD: secret("postgresqlPassword"),
        POSTGRESQL_DATABASE: "app",
      },
      validations: { ready: { listens: tcp(5432, { level: "basic" }) } },
    }),

    // changed: environment.CLICKHOUSE_PASSWORD: it had no password of its own, and has one here: clients that
    // do not get its URL by urlOf() must be given it
    columns: clickhouse({
      image: "clickhouse:24",
      database: "default",
      password: secret("columnsPassword"),
      validations: { ready: { answers: query("SELECT count() FROM system.tables", { level: "basic" }) } },
    }),

    load: job({
      image: "postgres:16",
      command: ["psql", "-h", "gis", "-f", "/load.sql"],
      runs: "everyUp",
      env: {
        PGPASSWORD: secret("gisPassword"),
        // changed: names gis, which depends_on does not: waits until it is ready
        PGHOST: "gis",
        PGUSER: "postgres",
      },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    backup: service({
      image: "postgres:16",
      entrypoint: ["/backup.sh"],
      env: {
        // changed: names gis, which depends_on does not: waits until it is ready
        BACKUP_URL: urlOf("gis"),
      },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    reader: service({
      image: "acme/reader:1",
      env: {
        // changed: names gis, which depends_on does not: waits until it is ready
        GIS_URL: urlOf("gis", { scheme: "postgis" }),
        // changed: names cache, which depends_on does not: waits until it is ready
        CACHE_URL: urlOf("cache"),
        // changed: names sessions, which depends_on does not: waits until it is ready
        SESSIONS_URL: urlOf("sessions", { path: "/2" }),
        // check: names packaged, by another URL than urlOf() gives: all of it is a secret, to be kept in step
        // by hand
        // changed: names packaged, which depends_on does not: waits until it is ready
        PACKAGED_URL: secret("packagedUrl"),
        // changed: names columns, which depends_on does not: waits until it is ready
        COLUMNS_URL: urlOf("columns", { path: "/" }),
        // changed: names trusting, which depends_on does not: waits until it is ready
        TRUSTING_URL: urlOf("trusting"),
      },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

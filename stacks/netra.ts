/** Netra: three databases, a job, and the applications auth, backend and frontend, in four phases. */
import {
  bundle,
  clickhouse,
  connections,
  defineStack,
  get,
  httpService,
  job,
  latency,
  memory,
  ping,
  post,
  postgres,
  query,
  redis,
  secret,
  sql,
  urlOf,
  webSocket,
} from "phasegate";
import { environmentsMayDiffer } from "./environments-may-differ.ts";

export const netra = defineStack({
  name: "netra",
  environments: ["development", "test", "staging", "production"],

  phases: {
    infrastructure: {
      title: "Infrastructure Readiness",
      services: ["postgres", "redis", "clickhouse", "migrations"],
      validation: "connectivityAndBusinessLogic",
      timeout: "180s",
    },
    businessServices: {
      title: "Business Services Readiness",
      services: ["auth"],
      dependsOn: ["infrastructure"],
      validation: "businessLogicComplete",
      timeout: "120s",
    },
    applicationServices: {
      title: "Application Services Readiness",
      services: ["backend"],
      dependsOn: ["infrastructure", "businessServices"],
      validation: "integrationValidated",
      timeout: "180s",
    },
    frontendServices: {
      title: "Frontend Services Readiness",
      services: ["frontend"],
      dependsOn: ["applicationServices"],
      validation: "endToEndValidated",
      timeout: "120s",
    },
  },

  needs: {
    // What it has migrated is in a volume that outlives the container of postgres: it is not run again when that is restarted.
    migrations: ["postgres"],
    auth: ["postgres", "redis"],
    backend: ["postgres", "redis", "clickhouse", "auth"],
    frontend: ["backend", "auth"],
  },

  services: {
    postgres: postgres({
      image: "postgres:17",
      database: "netra",
      password: secret("postgresPassword", { generate: true }),
      volumes: { data: "/var/lib/postgresql/data" },
      publish: 32,
      validations: {
        connectivityAndBusinessLogic: {
          connectionPoolReady: connections(20, { level: "basic" }),
          migrationsComplete: sql("SELECT version_num FROM alembic_version", {
            rows: { atLeast: 1 },
            level: "basic",
          }),
          performanceReady: sql("SELECT 1", { p95: { under: "50ms", samples: 50 } }),
        },
      },
    }),

    redis: redis({
      image: "redis:7",
      password: secret("redisPassword", { generate: true }),
      maxMemory: "128mb",
      volumes: { data: "/data" },
      publish: 79,
      validations: {
        connectivityAndBusinessLogic: {
          connectivity: ping({ level: "basic" }),
          memoryAllocation: memory({ under: 0.9, level: "basic" }),
          performanceReady: latency({ under: "20ms", samples: 100 }),
        },
      },
    }),

    clickhouse: clickhouse({
      image: "clickhouse/clickhouse-server:24",
      database: "netra",
      password: secret("clickhousePassword", { generate: true }),
      volumes: { data: "/var/lib/clickhouse" },
      publish: 23,
      validations: {
        connectivityAndBusinessLogic: {
          connectivity: query("SELECT 1", { level: "basic" }),
          systemTablesReady: query("SELECT name FROM system.tables LIMIT 1", {
            rows: { atLeast: 1 },
            level: "basic",
          }),
          performanceReady: query("SELECT count() FROM (SELECT number FROM system.numbers LIMIT 1000)", {
            p95: { under: "100ms", samples: 20 },
          }),
        },
      },
    }),

    migrations: job({
      image: bundle("services/migrations/main.ts"),
      env: { DATABASE_URL: urlOf("postgres") },
    }),

    auth: httpService({
      image: bundle("services/auth/main.ts"),
      port: 8081,
      publish: 81,
      env: {
        DATABASE_URL: urlOf("postgres"),
        REDIS_URL: urlOf("redis"),
        PUBLIC_URL: "http://auth:8081",
        SESSION_SECRET: secret("sessionSecret", { generate: true }),
        CLIENT_SECRET: secret("clientSecret", { generate: true }),
        READY_AFTER: "2s",
      },
      healthcheck: answersHealth(8081),
      validations: {
        businessLogicComplete: {
          databasePoolReady: healthy("database", { level: "basic" }),
          redisConnectivity: healthy("redis"),
          oauthProvidersReady: healthy("oauth", { level: "basic" }),
          jwtValidationReady: healthy("jwt"),
          configurationValidated: healthy("config"),
        },
      },
    }),

    backend: httpService({
      image: bundle("services/backend/main.ts"),
      port: 8000,
      publish: 80,
      env: {
        DATABASE_URL: urlOf("postgres"),
        REDIS_URL: urlOf("redis"),
        CLICKHOUSE_URL: urlOf("clickhouse"),
        AUTH_URL: urlOf("auth"),
        READY_AFTER: "2s",
      },
      healthcheck: answersHealth(8000),
      validations: {
        integrationValidated: {
          databaseConnectivity: healthy("database", { level: "basic" }),
          redisConnectivity: healthy("redis"),
          clickhouseConnectivity: healthy("clickhouse"),
          authServiceIntegration: healthy("auth"),
          agentRegistryReady: healthy("agents", { level: "basic" }),
          websocketManagerReady: healthy("websocket"),
        },
      },
    }),

    frontend: httpService({
      image: bundle("services/frontend/main.ts"),
      port: 3000,
      publish: 0,
      env: {
        AUTH_URL: urlOf("auth"),
        BACKEND_URL: urlOf("backend"),
        CLIENT_ID: "frontend",
        CLIENT_SECRET: secret("clientSecret", { generate: true }),
        READY_AFTER: "2s",
      },
      healthcheck: answersHealth(3000),
      validations: {
        endToEndValidated: {
          apiConnectivity: get("/api/health", { json: { ready: true }, level: "basic" }),
          authIntegration: post("/api/auth/validate", { body: {}, json: { valid: true }, level: "basic" }),
          websocketConnectivity: webSocket("/ws/test", { send: { type: "ping" }, expect: { type: "pong" } }),
          endToEndFlow: post("/api/test/complete-flow", {
            body: {},
            json: { complete: true },
            mutates: true,
          }),
        },
      },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "restart",
    grace: "30s",
  },

  parity: environmentsMayDiffer,
});

/** What a service says of one part of itself: GET /health/PART answers 200 with `ready: true`. */
function healthy(part: string, options: { readonly level?: "basic" } = {}) {
  return get(`/health/${part}`, { json: { ready: true }, ...options });
}

/** The engine's own health check, as teams write it: /health answers. Early, and long before the service is ready. */
function answersHealth(port: number) {
  const ask = `exec 3<>/dev/tcp/127.0.0.1/${port} && printf "GET /health HTTP/1.0\\r\\n\\r\\n" >&3 && head -n 1 <&3 | grep -q " 200 "`;
  return { command: ["CMD", "bash", "-c", ask], interval: "1s" } as const;
}

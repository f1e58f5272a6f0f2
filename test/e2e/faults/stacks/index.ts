/** The graph of Netra, of programs that start at once and can be made to fail. */
import {
  bundle,
  connections,
  defineStack,
  get,
  httpService,
  job,
  ping,
  postgres,
  redis,
  secret,
  sql,
  urlOf,
  type StackDeclaration,
} from "phasegate";

const healthy = {
  ready: { healthy: get("/health", { json: { ready: true }, level: "basic", timeout: "2s" }) },
} as const;

/** Makes what the database is to have, once it answers. */
const migrate = `until psql "$DATABASE_URL" --quiet --command "CREATE TABLE IF NOT EXISTS version AS SELECT 1 AS number"; do sleep 0.2; done`;

/**
 * @param readyAfterMs how long after its start the frontend is ready
 * @param variant another one makes another container of auth
 */
const faulty = (readyAfterMs = 0, variant = "first") =>
  defineStack({
    name: "faulty",
    environments: ["test"],
    phases: {
      infrastructure: {
        title: "Infrastructure",
        services: ["postgres", "redis", "clickhouse", "migrations"],
        validation: "ready",
        timeout: "60s",
      },
      business: {
        title: "Business",
        services: ["auth"],
        dependsOn: ["infrastructure"],
        validation: "ready",
        timeout: "30s",
      },
      application: {
        title: "Application",
        services: ["backend"],
        dependsOn: ["infrastructure", "business"],
        validation: "ready",
        timeout: "30s",
      },
      frontend: {
        title: "Frontend",
        services: ["frontend"],
        dependsOn: ["application"],
        validation: "ready",
        timeout: "30s",
      },
    },
    needs: {
      migrations: ["postgres"],
      auth: ["postgres", "redis"],
      backend: ["postgres", "redis", "clickhouse", "auth"],
      frontend: ["backend", "auth"],
    },
    services: {
      postgres: postgres({
        image: "postgres:17",
        database: "app",
        password: secret("password"),
        volumes: { data: "/var/lib/postgresql/data" },
        validations: {
          ready: {
            takesConnections: connections(5, { level: "basic" }),
            hasVersion: sql("SELECT number FROM version", { rows: { atLeast: 1 }, level: "basic" }),
            hasRoom: sql(
              "CREATE TEMPORARY TABLE room AS SELECT repeat('x', 500) FROM generate_series(1, 2000)",
              {
                mutates: true,
              },
            ),
          },
        },
      }),
      redis: redis({
        image: "redis:7",
        password: secret("password"),
        maxMemory: "64mb",
        validations: { ready: { pings: ping({ level: "basic", timeout: "2s" }) } },
      }),
      clickhouse: httpService({
        image: bundle("test/e2e/faults/app.ts"),
        port: 8080,
        publish: 23,
        validations: healthy,
      }),
      migrations: job({
        image: "postgres:17",
        env: { DATABASE_URL: urlOf("postgres") },
        command: ["sh", "-c", migrate],
      }),
      auth: httpService({
        image: bundle("test/e2e/faults/app.ts"),
        port: 8080,
        publish: 81,
        env: { DATABASE_URL: urlOf("postgres"), REDIS_URL: urlOf("redis"), VARIANT: variant },
        validations: healthy,
      }),
      backend: httpService({
        image: bundle("test/e2e/faults/app.ts"),
        port: 8080,
        publish: 80,
        env: {
          DATABASE_URL: urlOf("postgres"),
          REDIS_URL: urlOf("redis"),
          CLICKHOUSE_URL: urlOf("clickhouse"),
          LIVES_WITH: urlOf("clickhouse"),
          AUTH_URL: urlOf("auth"),
        },
        validations: healthy,
      }),
      frontend: httpService({
        image: bundle("test/e2e/faults/app.ts"),
        port: 8080,
        publish: 0,
        env: {
          AUTH_URL: urlOf("auth"),
          BACKEND_URL: urlOf("backend"),
          READY_AFTER_MS: String(readyAfterMs),
        },
        validations: healthy,
      }),
    },
    failureHandling: {
      maxRetries: 3,
      backoff: { initial: "200ms", multiplier: 1.5, max: "1s" },
      onDependencyChange: "restart",
      grace: "2s",
    },
  });

/** Three phases, in which the order of the phases is more than what the services need of each other. */
const phases = defineStack({
  name: "faulty",
  environments: ["test"],
  phases: {
    data: { title: "Data", services: ["store", "cache", "mailer"], validation: "ready", timeout: "60s" },
    middle: {
      title: "Middle",
      services: ["api"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "60s",
    },
    front: {
      title: "Front",
      services: ["web", "worker"],
      dependsOn: ["middle"],
      validation: "ready",
      timeout: "60s",
    },
  },
  needs: { api: ["store", "cache"], web: ["api"] },
  services: {
    store: application({}),
    cache: application({}),
    mailer: application({}),
    api: application({ STORE_URL: urlOf("store"), CACHE_URL: urlOf("cache"), READY_AFTER_MS: "1000" }),
    web: application({ API_URL: urlOf("api"), ENDS_AFTER_MS: "2000" }),
    worker: application({}),
  },
  failureHandling: { maxRetries: 3, backoff: { initial: "3s", multiplier: 1, max: "3s" }, grace: "5s" },
});

function application<const E extends Readonly<Record<string, string | ReturnType<typeof urlOf>>>>(env: E) {
  return httpService({ image: bundle("test/e2e/faults/app.ts"), port: 8080, env, validations: healthy });
}

const declarations: Readonly<Record<string, StackDeclaration>> = {
  faulty: faulty(),
  otherAuth: faulty(0, "second"),
  slowFrontend: faulty(5000),
  phases,
};

/** What a stack's config may name in a trial of faults. */
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}

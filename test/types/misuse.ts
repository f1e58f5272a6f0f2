/**
 * Mistakes that must be compile errors. Compiled by `npm test` with both compilers: where a mistake is
 * accepted, the expectation above it is the error.
 */
import {
  all,
  any,
  clickhouse,
  completed,
  connections,
  custom,
  defineStack,
  dnsName,
  engineHealthy,
  exec,
  failed,
  get,
  grpcHealth,
  httpService,
  job,
  logLine,
  not,
  passed,
  ping,
  postgres,
  probe,
  redis,
  running,
  secret,
  service,
  mysql,
  bucket,
  clusterHealth,
  collection,
  queue,
  rabbitmq,
  sql,
  tcp,
  urlOf,
  webSocket,
} from "phasegate";

const api = httpService({
  image: "api:1",
  port: 80,
  env: { DATABASE: urlOf("database") },
  validations: { works: { answers: get("/") } },
});
const database = postgres({
  image: "postgres:17",
  database: "app",
  password: secret("password"),
  validations: { works: { answers: sql("SELECT 1") } },
});
const policy = {
  name: "shop",
  environments: ["development"],
  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "restart",
    grace: "10s",
  },
} as const;
const services = { api, database };
const data = { title: "Data", services: ["database"], validation: "works", timeout: "60s" } as const;
const application = {
  title: "Application",
  services: ["api"],
  dependsOn: ["data"],
  validation: "works",
  timeout: "60s",
} as const;

export const right = [
  postgres({
    image: "postgres:17",
    database: "app",
    password: secret("password"),
    validations: {
      works: {
        either: any([all([sql("SELECT 1"), not(sql("SELECT 2"))], { timeout: "1s" }), logLine(/ready/)]),
        health: all([engineHealthy(), exec(["true"]), tcp(5432), dnsName("database")], { level: "basic" }),
        own: custom("probes/own.ts", { with: { under: 5 }, secrets: { token: secret("token") } }),
      },
    },
  }),
  httpService({
    image: "api:1",
    port: 80,
    validations: { works: { either: any([get("/"), webSocket("/ws"), grpcHealth({ port: 81 })]) } },
  }),
  redis({
    image: "redis:7",
    minReady: "1s",
    supervision: { interval: "5s", failureThreshold: 2, slow: { window: "10m", baseline: "24h", factor: 3 } },
    validations: { works: { answers: ping({ whenFailing: "report" }) } },
  }),
  job({
    image: "migrations:1",
    supervision: { intensity: { restarts: 0, within: "1m" } },
    validations: { works: { ended: completed({ exitCode: 3 }), wrote: not(logLine("failed")) } },
  }),
  probe<{ readonly under: number }>(async ({ with: { under } }) => (under > 5 ? passed() : failed("no"))),
  defineStack({ ...policy, services, phases: { data, application }, needs: { api: ["database"] } }),
  defineStack({
    ...policy,
    services,
    phases: { data, application },
    supervision: { successThreshold: 2, intensity: { restarts: 3, within: "1h" }, slow: false },
  }),
  defineStack({
    ...policy,
    services: { ...services, migrations: job({ image: "migrations:1" }) },
    phases: { data: { ...data, services: ["database", "migrations"] }, application },
  }),
];

// Each mistake stands on one line, under the comment that expects it.
// prettier-ignore
export const wrong = [
  // @ts-expect-error a misspelt key of a phase: its gate would be gone
  defineStack({ ...policy, services, phases: { data, application: { title: "Application", services: ["api"], dependOn: ["data"], validation: "works", timeout: "60s" } } }),
  // @ts-expect-error an unknown key of a phase that is declared elsewhere
  defineStack({ ...policy, services, phases: { data: { ...data, replicas: 3 }, application } }),
  // @ts-expect-error a misspelt key of the stack
  defineStack({ ...policy, services, phases: { data, application }, need: { api: ["database"] } }),
  // @ts-expect-error an unknown key of the stack
  defineStack({ ...policy, services, phases: { data, application }, replicas: 3 }),
  // @ts-expect-error a key of a service that was made before
  defineStack({ ...policy, services: { api: { ...api, memory: "64mb" }, database }, phases: { data, application } }),
  // @ts-expect-error a misspelt key of the failure handling
  defineStack({ ...policy, services, phases: { data, application }, failureHandling: { ...policy.failureHandling, failfast: true } }),
  // @ts-expect-error a misspelt key of the back-off
  defineStack({ ...policy, services, phases: { data, application }, failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s", intial: "1s" }, grace: "1s" } }),
  // @ts-expect-error a misspelt key of parity
  defineStack({ ...policy, services, phases: { data, application }, parity: { allow: [], alow: [] } }),
  // @ts-expect-error phases that are no list
  defineStack({ ...policy, services, phases: { data, application: { ...application, dependsOn: "data" } } }),
  // @ts-expect-error a number for a duration
  defineStack({ ...policy, services, phases: { data: { ...data, timeout: 60 }, application } }),
  // @ts-expect-error a misspelt key of a service
  httpService({ image: "api:1", port: 80, publsh: 80, validations: { works: { answers: get("/") } } }),
  // @ts-expect-error a key in another case
  redis({ image: "redis:7", failfast: true, validations: { works: { answers: ping() } } }),
  // @ts-expect-error a key of compose
  httpService({ image: "api:1", port: 80, ports: [80], validations: { works: { answers: get("/") } } }),
  // @ts-expect-error a job that is published
  job({ image: "migrations:1", publish: 80 }),
  // @ts-expect-error a misspelt key of a health check
  redis({ image: "redis:7", healthcheck: { command: ["CMD", "true"], retires: 3 }, validations: { works: { answers: ping() } } }),
  // @ts-expect-error a misspelt key of the cadence
  redis({ image: "redis:7", cadence: { inital: "1s" }, validations: { works: { answers: ping() } } }),
  // @ts-expect-error a command that is a text
  redis({ image: "redis:7", command: "redis-server", validations: { works: { answers: ping() } } }),
  // @ts-expect-error a volume at a relative path
  redis({ image: "redis:7", volumes: { data: "data" }, validations: { works: { answers: ping() } } }),
  // @ts-expect-error a service without validations
  redis({ image: "redis:7" }),
  // @ts-expect-error a misspelt key of the supervision of a stack
  defineStack({ ...policy, services, phases: { data, application }, supervision: { intervall: "5s" } }),
  // @ts-expect-error a misspelt key of the supervision of a service
  redis({ image: "redis:7", supervision: { slow: { window: "10m", baseline: "24h", times: 3 } }, validations: { works: { answers: ping() } } }),
  // @ts-expect-error an intensity without a window
  redis({ image: "redis:7", supervision: { intensity: { restarts: 3 } }, validations: { works: { answers: ping() } } }),
  // @ts-expect-error a number for a minReady
  redis({ image: "redis:7", minReady: 1, validations: { works: { answers: ping() } } }),
  // @ts-expect-error a job that must stay ready: it ends
  job({ image: "migrations:1", minReady: "1s" }),
  // @ts-expect-error a job that is watched once it has ended
  job({ image: "migrations:1", supervision: { interval: "5s" } }),
  // @ts-expect-error a consequence that does not exist
  ping({ whenFailing: "ignore" }),
  // @ts-expect-error what the failing of a job's completion means
  completed({ whenFailing: "report" }),
  // @ts-expect-error a misspelt option of a probe
  get("/", { timeot: "5s" }),
  // @ts-expect-error a misspelt option of a composite
  all([get("/")], { levl: "basic" }),
  // @ts-expect-error a misspelt option of a secret
  secret("token", { generat: true }),
  // @ts-expect-error a phase lists a service that does not exist
  defineStack({ ...policy, services, phases: { data: { ...data, services: ["database", "databse"] }, application } }),
  // @ts-expect-error a service is in two phases
  defineStack({ ...policy, services, phases: { data, application: { ...application, services: ["api", "database"] } } }),
  // @ts-expect-error a service is in no phase
  defineStack({ ...policy, services: { ...services, spare: database }, phases: { data, application } }),
  // @ts-expect-error a phase depends on a phase that does not exist
  defineStack({ ...policy, services, phases: { data, application: { ...application, dependsOn: ["date"] } } }),
  // @ts-expect-error a phase depends on itself
  defineStack({ ...policy, services, phases: { data: { ...data, dependsOn: ["data"] }, application } }),
  // @ts-expect-error a phase asks for a validation that its service does not define
  defineStack({ ...policy, services, phases: { data: { ...data, validation: "performs" }, application } }),
  // @ts-expect-error a malformed duration
  defineStack({ ...policy, services, phases: { data: { ...data, timeout: "60 seconds" }, application } }),
  // @ts-expect-error urlOf() names a service that does not exist
  defineStack({ ...policy, services: { api }, phases: { application: { ...application, dependsOn: [] } } }),
  // @ts-expect-error a service needs one that does not exist
  defineStack({ ...policy, services, phases: { data, application }, needs: { api: ["databse"] } }),
  // @ts-expect-error a service needs itself
  defineStack({ ...policy, services, phases: { data, application }, needs: { api: ["api"] } }),
  // @ts-expect-error an environment that does not exist
  defineStack({ ...policy, environments: ["dev"], services, phases: { data, application } }),
  // @ts-expect-error a Redis probe on PostgreSQL
  postgres({ image: "postgres:17", database: "app", password: secret("password"), validations: { works: { answers: ping() } } }),
  // @ts-expect-error an SQL probe on an HTTP service
  httpService({ image: "api:1", port: 80, validations: { works: { answers: sql("SELECT 1") } } }),
  // @ts-expect-error a Redis probe on MySQL
  mysql({ image: "mariadb:11", database: "app", password: secret("password"), validations: { works: { answers: ping() } } }),
  // @ts-expect-error a collection on Redis
  redis({ image: "redis:7", validations: { works: { answers: collection("orders") } } }),
  // @ts-expect-error a key that is no secret
  bucket("uploads", { accessKeyId: "shop", secretAccessKey: "hunter2" }),
  // @ts-expect-error a health that a cluster does not have
  clusterHealth("blue"),
  // @ts-expect-error a queue on a database
  mysql({ image: "mariadb:11", database: "app", password: secret("password"), validations: { works: { answers: queue("orders") } } }),
  // @ts-expect-error SQL on a broker
  rabbitmq({ image: "rabbitmq:4", password: secret("password"), validations: { works: { answers: sql("SELECT 1") } } }),
  // @ts-expect-error a bound that a queue does not have
  queue("orders", { messages: { atLeast: 1 } }),
  // @ts-expect-error a root password that is no secret
  mysql({ image: "mariadb:11", database: "app", password: secret("password"), rootPassword: "hunter2", validations: { works: { answers: sql("SELECT 1") } } }),
  // @ts-expect-error an HTTP probe on a service of another protocol
  service({ image: "rabbitmq:4", port: 5672, validations: { works: { answers: get("/") } } }),
  // @ts-expect-error a database's variable that is neither a text nor a secret
  postgres({ image: "postgres:17", database: "app", password: secret("password"), env: { API: urlOf("api") }, validations: { works: { answers: sql("SELECT 1") } } }),
  // @ts-expect-error a file whose path is relative
  service({ image: "worker:1", files: { "token": ["x"] }, validations: { works: { runs: running() } } }),
  // @ts-expect-error a Redis probe on PostgreSQL, as a part of a part
  postgres({ image: "postgres:17", database: "app", password: secret("password"), validations: { works: { answers: all([sql("SELECT 1"), not(ping())]) } } }),
  // @ts-expect-error an HTTP probe on Redis, as a part
  redis({ image: "redis:7", password: secret("password"), maxMemory: "64mb", validations: { works: { answers: any([ping(), get("/")]) } } }),
  // @ts-expect-error gRPC on a database
  clickhouse({ image: "clickhouse:24", database: "app", password: secret("password"), validations: { works: { answers: grpcHealth({ port: 1 }) } } }),
  // @ts-expect-error an HTTP service that is to complete
  httpService({ image: "api:1", port: 80, validations: { works: { answers: completed() } } }),
  // @ts-expect-error a command in a job, which runs none once it has ended
  job({ image: "migrations:1", validations: { works: { answers: exec(["true"]) } } }),
  // @ts-expect-error a job's completion as a part: it is enabled at every level
  job({ image: "migrations:1", validations: { works: { answers: not(completed()) } } }),
  // @ts-expect-error a command of nothing
  exec([]),
  // @ts-expect-error a custom probe that is no module
  custom("probes/queue.py"),
  // @ts-expect-error a custom probe's secret that is a text
  custom("probes/queue.ts", { secrets: { token: "hunter2" } }),
  // @ts-expect-error a custom probe that returns no finding
  probe(async () => true),
  // @ts-expect-error a unit that is no duration
  get("/", { p95: { under: "20", samples: 5 } }),
  // @ts-expect-error an unknown level
  connections(5, { level: "hard" }),
  // @ts-expect-error a malformed duration of a probe
  get("/", { timeout: "5" }),
  // @ts-expect-error a path that does not begin with a slash
  webSocket("ws"),
  // @ts-expect-error a password that is no secret
  postgres({ image: "postgres:17", database: "app", password: "hunter2", validations: { works: { answers: sql("SELECT 1") } } }),
];

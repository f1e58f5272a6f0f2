/**
 * Mistakes that must be compile errors. Compiled by `npm test` with both compilers: where a mistake is
 * accepted, the expectation above it is the error.
 */
import {
  connections,
  defineStack,
  get,
  httpService,
  job,
  ping,
  postgres,
  running,
  secret,
  service,
  sql,
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
  defineStack({ ...policy, services, phases: { data, application }, needs: { api: ["database"] } }),
  defineStack({
    ...policy,
    services: { ...services, migrations: job({ image: "migrations:1" }) },
    phases: { data: { ...data, services: ["database", "migrations"] }, application },
  }),
];

// Each mistake stands on one line, under the comment that expects it.
// prettier-ignore
export const wrong = [
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
  // @ts-expect-error an HTTP probe on a service of another protocol
  service({ image: "rabbitmq:4", port: 5672, validations: { works: { answers: get("/") } } }),
  // @ts-expect-error a database's variable that is neither a text nor a secret
  postgres({ image: "postgres:17", database: "app", password: secret("password"), env: { API: urlOf("api") }, validations: { works: { answers: sql("SELECT 1") } } }),
  // @ts-expect-error a file whose path is relative
  service({ image: "worker:1", files: { "token": ["x"] }, validations: { works: { runs: running() } } }),
  // @ts-expect-error an unknown level
  connections(5, { level: "hard" }),
  // @ts-expect-error a malformed duration of a probe
  get("/", { timeout: "5" }),
  // @ts-expect-error a path that does not begin with a slash
  webSocket("ws"),
  // @ts-expect-error a password that is no secret
  postgres({ image: "postgres:17", database: "app", password: "hunter2", validations: { works: { answers: sql("SELECT 1") } } }),
];

import { expect, test } from "vitest";
import {
  amqp,
  clickhouse,
  defineStack,
  mongodb,
  mysql,
  ping,
  postgres,
  query,
  rabbitmq,
  redis,
  resolvePlan,
  secret,
  sql,
} from "phasegate";
import type { ServicePlan } from "../../../lib/model/plan.ts";
import { passwordsKeptInVolumes } from "../../../lib/model/kept-passwords.ts";
import { profile } from "../../support/shop.ts";

const [password, validations] = [
  secret("shared"),
  { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
];
const database = (options: Partial<Parameters<typeof postgres>[0]>) =>
  postgres({ image: "postgres:17", database: "shop", password, validations, ...options });

const { services } = resolvePlan(
  defineStack({
    name: "shop",
    environments: ["development"],
    services: {
      postgres: database({
        password: secret("postgresPassword"),
        volumes: { data: "/var/lib/postgresql/data", backups: "/backups" },
      }),
      newer: database({ volumes: { data: "/var/lib/postgresql" } }),
      elsewhere: database({
        env: { PGDATA: "/data/cluster" },
        volumes: { data: "/data", archive: "/var/lib/postgresql/archive" },
      }),
      forgetful: database({}),
      mysql: mysql({
        image: "mariadb:11",
        database: "shop",
        password,
        rootPassword: secret("rootPassword"),
        volumes: { data: "/var/lib/mysql", backups: "/backups" },
        validations,
      }),
      rabbitmq: rabbitmq({
        image: "rabbitmq:4",
        password,
        volumes: { data: "/var/lib/rabbitmq" },
        validations: { ready: { answers: amqp({ level: "basic" }) } },
      }),
      mongodb: mongodb({
        image: "mongo:8",
        database: "shop",
        password,
        volumes: { data: "/data/db" },
        validations: { ready: { answers: ping({ level: "basic" }) } },
      }),
      redis: redis({
        image: "redis:7",
        password,
        volumes: { data: "/data" },
        validations: { ready: { answers: ping({ level: "basic" }) } },
      }),
      clickhouse: clickhouse({
        image: "clickhouse:25",
        database: "shop",
        password,
        volumes: { data: "/var/lib/clickhouse" },
        validations: { ready: { answers: query("SELECT 1", { level: "basic" }) } },
      }),
    },
    phases: {
      data: {
        title: "Data",
        services: [
          "postgres",
          "newer",
          "elsewhere",
          "forgetful",
          "mysql",
          "rabbitmq",
          "mongodb",
          "redis",
          "clickhouse",
        ],
        validation: "ready",
        timeout: "60s",
      },
    },
    failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "30s" },
  }),
  profile,
  "dev",
);

test.for([
  ["postgres", [{ secret: "postgresPassword", volume: "data" }]],
  ["newer", [{ secret: "shared", volume: "data" }]],
  ["elsewhere", [{ secret: "shared", volume: "data" }]],
  ["forgetful", []],
  [
    "mysql",
    [
      { secret: "shared", volume: "data" },
      { secret: "rootPassword", volume: "data" },
    ],
  ],
  ["mongodb", [{ secret: "shared", volume: "data" }]],
  ["rabbitmq", [{ secret: "shared", volume: "data" }]],
  ["redis", []],
  ["clickhouse", []],
] as const)("what %s keeps of its password", ([name, kept]) => {
  expect(passwordsKeptInVolumes(services[name] as ServicePlan)).toEqual(kept);
});

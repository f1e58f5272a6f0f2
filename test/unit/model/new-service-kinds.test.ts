import { expect, test } from "vitest";
import {
  amqp,
  brokers,
  defineStack,
  httpService,
  kafka,
  get,
  mongodb,
  mysql,
  ping,
  queue,
  rabbitmq,
  resolvePlan,
  secret,
  service,
  smtp,
  sql,
  urlOf,
} from "phasegate";
import { viewPlan } from "../../../lib/review/plan-view.ts";
import { weakenings } from "../../../lib/review/weakening.ts";
import type { Service } from "../../../lib/model/service.ts";
import { profile } from "../../support/shop.ts";

function planOf(data: Service<"ready", never>) {
  const api = httpService({
    image: "api:1",
    port: 80,
    env: { DATA_URL: urlOf("data") },
    validations: { ready: { answers: get("/", { level: "basic" }) } },
  });
  const declaration = defineStack({
    name: "shop",
    environments: ["development"],
    services: { data, api },
    phases: { all: { title: "All", services: ["data", "api"], validation: "ready", timeout: "60s" } },
    failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "30s" },
  });
  return resolvePlan(declaration, profile, "dev").services;
}

const [image, password] = ["mariadb:11", secret("password")];
const validations = { ready: { answers: sql("SELECT 1", { level: "basic" }) } };

test("MySQL has an account of the clients, and a root of its own", () => {
  const { data, api } = planOf(
    mysql({ image, database: "shop", password, rootPassword: secret("root"), validations }),
  );
  expect(data?.env).toEqual({
    MYSQL_USER: "shop",
    MYSQL_PASSWORD: [{ secret: "password" }],
    MYSQL_DATABASE: "shop",
    MYSQL_ROOT_PASSWORD: [{ secret: "root" }],
  });
  expect(data?.readiness.probes["answers"]).toMatchObject({ kind: "mysql-query", statement: "SELECT 1" });
  expect(api?.env?.["DATA_URL"]).toEqual([
    "mysql://shop:",
    { secret: "password", encode: "uri" },
    "@data:3306/shop",
  ]);
});

test("MySQL's image makes up a root password unless it is given one, or its clients are root", () => {
  const envOf = (options: Partial<Parameters<typeof mysql>[0]>) =>
    planOf(mysql({ image, database: "shop", password, validations, ...options })).data?.env;
  expect(envOf({})).toMatchObject({ MYSQL_RANDOM_ROOT_PASSWORD: "yes" });
  expect(envOf({ env: { MARIADB_RANDOM_ROOT_PASSWORD: "1" } })).not.toHaveProperty(
    "MYSQL_RANDOM_ROOT_PASSWORD",
  );
  expect(envOf({ user: "root" })).toEqual({
    MYSQL_ROOT_PASSWORD: [{ secret: "password" }],
    MYSQL_DATABASE: "shop",
  });
});

test("a variable that an option of MySQL sets is refused, by either image's name", () => {
  for (const variable of ["MYSQL_USER", "MARIADB_USER"])
    expect(() =>
      planOf(mysql({ image, database: "shop", password, validations, env: { [variable]: "x" } })),
    ).toThrow(`services.data.env.${variable}: is what the option user sets: say it there`);
});

test("RabbitMQ has the protocol's own account and virtual host by default", () => {
  const ready = { ready: { answers: amqp({ level: "basic" }) } };
  const plain = planOf(rabbitmq({ image: "rabbitmq:4", password, validations: ready }));
  expect(plain.data?.env).toEqual({
    RABBITMQ_DEFAULT_USER: "guest",
    RABBITMQ_DEFAULT_PASS: [{ secret: "password" }],
  });
  expect(plain.api?.env?.["DATA_URL"]).toEqual([
    "amqp://guest:",
    { secret: "password", encode: "uri" },
    "@data:5672",
  ]);
  const own = planOf(
    rabbitmq({ image: "rabbitmq:4", user: "shop", password, vhost: "shop/eu", validations: ready }),
  );
  expect(own.api?.env?.["DATA_URL"]).toEqual([
    "amqp://shop:",
    { secret: "password", encode: "uri" },
    "@data:5672/shop%2Feu",
  ]);
});

test("MongoDB has an account in admin where there is a password, and none otherwise", () => {
  const ready = { ready: { answers: ping({ level: "basic" }) } };
  const open = planOf(mongodb({ image: "mongo:8", database: "shop", validations: ready }));
  expect(open.data?.env).toEqual({ MONGO_INITDB_DATABASE: "shop" });
  expect(open.data?.readiness.probes["answers"]).toMatchObject({ kind: "mongodb-ping" });
  expect(open.api?.env?.["DATA_URL"]).toBe("mongodb://data:27017/shop");
  const closed = planOf(
    mongodb({ image: "mongo:8", database: "shop", user: "api", password, validations: ready }),
  );
  expect(closed.data?.env).toEqual({
    MONGO_INITDB_ROOT_USERNAME: "api",
    MONGO_INITDB_ROOT_PASSWORD: [{ secret: "password" }],
    MONGO_INITDB_DATABASE: "shop",
  });
  expect(closed.api?.env?.["DATA_URL"]).toEqual([
    "mongodb://api:",
    { secret: "password", encode: "uri" },
    "@data:27017/shop?authSource=admin",
  ]);
});

test("Kafka has the account of the probes, and a URL without it", () => {
  const ready = { ready: { answers: brokers({ level: "basic" }) } };
  const open = planOf(kafka({ image: "apache/kafka:4.0.0", validations: ready }));
  expect(open.data?.readiness.endpoint).toEqual({ protocol: "kafka", host: "data", port: 9092 });
  expect(open.api?.env?.["DATA_URL"]).toBe("kafka://data:9092");
  const mechanism = "SCRAM-SHA-512";
  const closed = planOf(kafka({ image: "apache/kafka:4.0.0", password, mechanism, validations: ready }));
  expect(closed.data?.readiness.endpoint).toEqual({
    ...{ protocol: "kafka", host: "data", port: 9092, user: "kafka", mechanism },
    password: [{ secret: "password" }],
  });
  expect(closed.data?.env ?? {}).toEqual({});
});

test("a queue that may hold more, or needs fewer consumers, and mail without TLS, are weakenings", () => {
  const bounds = (options: Parameters<typeof queue>[1], startTls: boolean) => {
    const mail = service({
      image: "mail:1",
      validations: { ready: { takes: smtp({ startTls, level: "basic" }) } },
    });
    const broker = rabbitmq({
      image: "rabbitmq:4",
      password,
      validations: { ready: { drained: queue("paid", { ...options, level: "basic" }) } },
    });
    const declaration = defineStack({
      name: "shop",
      environments: ["development"],
      services: { mail, broker },
      phases: { all: { title: "All", services: ["mail", "broker"], validation: "ready", timeout: "60s" } },
      failureHandling: { maxRetries: 3, backoff: { multiplier: 2, max: "30s" }, grace: "30s" },
    });
    return viewPlan(resolvePlan(declaration, profile, "dev"));
  };
  const strict = bounds({ messages: { atMost: 10 }, consumers: { atLeast: 2 } }, true);
  const found = (after: typeof strict) => weakenings(strict, after).map(({ what }) => what);
  expect(found(strict)).toEqual([]);
  expect(found(bounds({ messages: { atMost: 9 }, consumers: { atLeast: 3 } }, true))).toEqual([]);
  for (const looser of [{ messages: { atMost: 11 }, consumers: { atLeast: 1 } }, {}])
    expect(found(bounds(looser, false))).toEqual([
      "drained.messages.atMost",
      "drained.consumers.atLeast",
      "takes.startTls",
    ]);
});

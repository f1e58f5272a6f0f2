import {
  amqp,
  bundle,
  connections,
  defineStack,
  job,
  logLine,
  memcached,
  mysql,
  queue,
  rabbitmq,
  secret,
  service,
  sql,
  urlOf,
  type StackDeclaration,
} from "phasegate";

/** The servers that teams run beside PostgreSQL and Redis, and one that gets their addresses. */
const servers = defineStack({
  name: "servers",
  environments: ["test"],
  services: {
    database: mysql({
      image: "mariadb:11",
      database: "shop",
      password: secret("databasePassword", { generate: true }),
      rootPassword: secret("rootPassword", { generate: true }),
      volumes: { data: "/var/lib/mysql" },
      validations: {
        ready: {
          answers: sql("SELECT 1", { rows: { atLeast: 1 }, level: "basic" }),
          poolFits: connections(10, { level: "basic" }),
        },
      },
    }),
    broker: rabbitmq({
      image: "rabbitmq:4",
      user: "shop",
      password: secret("brokerPassword", { generate: true }),
      vhost: "orders",
      minReady: "1s",
      validations: { ready: { answers: amqp({ level: "basic" }), consumed: queue("paid") } },
    }),
    cache: service({
      image: "memcached:1",
      port: 11211,
      validations: { ready: { answers: memcached({ level: "basic" }) } },
    }),
    consumer: service({
      image: bundle("test/e2e/servers/consumer.ts"),
      env: { BROKER_URL: urlOf("broker") },
      validations: { ready: { connected: logLine(/connected to the broker/, { level: "basic" }) } },
    }),
    asks: job({
      image: "node:24-slim",
      command: ["node", "-e", "console.log(process.env.DATABASE_URL, process.env.BROKER_URL)"],
      env: { DATABASE_URL: urlOf("database"), BROKER_URL: urlOf("broker") },
    }),
  },
  phases: {
    data: {
      title: "Data",
      services: ["database", "broker", "cache"],
      validation: "ready",
      timeout: "120s",
    },
    work: {
      title: "Work",
      services: ["consumer", "asks"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "60s",
    },
  },
  needs: { asks: ["database", "broker"], consumer: ["broker"] },
  failureHandling: { maxRetries: 0, backoff: { multiplier: 2, max: "1s" }, grace: "10s" },
});

const declarations: Readonly<Record<string, StackDeclaration>> = { servers };
export function declarationNamed(name: string): StackDeclaration {
  const declaration = declarations[name];
  if (declaration === undefined) throw new Error(`there is no declaration ${name}`);
  return declaration;
}

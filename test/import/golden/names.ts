/**
 * my-project2, imported from compose.yaml by "npx phasegate import". From here on this file is the one to
 * change.
 *
 * Next: add myProject2 to stacks/index.ts; go through the comments that begin with "lost", "changed" or
 * "check", and take out those that are dealt with; replace probes that only ask whether a port is open by
 * ones that ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.myDbPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.qPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.replicaUrl" --stack STACK
 */
import { amqp, defineStack, httpService, postgres, rabbitmq, secret, sql, tcp, urlOf } from "phasegate";

export const myProject2 = defineStack({
  name: "my-project2",
  environments: ["development", "test", "staging", "production"],

  phases: {
    data: { title: "Data", services: ["my-db", "q"], validation: "ready", timeout: "60s" },
    application: {
      title: "Application",
      services: ["coordinator-service", "web-app"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "90s",
    },
  },

  needs: {
    // changed: depends_on.my_db: waits until my-db is ready, where compose waited for its start only
    "coordinator-service": ["my-db", "q"],
    "web-app": ["coordinator-service"],
  },

  // lost: networks.back: internal: the stack makes networks of its own
  services: {
    // changed: container_name: the container is called after the stack and the service
    // changed: is called my-db here, and reached by its old name as well
    "my-db": postgres({
      image: "postgres:16",
      database: "main",
      user: "app",
      password: secret("myDbPassword"),
      networks: ["back"],
      aliases: ["legacy-db", "database", "db.internal", "my_db"],
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    // changed: environment.RABBITMQ_DEFAULT_PASS: it had no password of its own, and has one here: clients
    // that do not get its URL by urlOf() must be given it
    q: rabbitmq({
      image: "rabbitmq:3-management",
      password: secret("qPassword"),
      publish: 672,
      // changed: ports: 5672 is published on 127.0.0.1 at the environment's portBase + 672, not on port 5672
      // changed: ports: 15672 is published on 127.0.0.1 at the environment's portBase + 673, not on port
      // 15672
      // changed: ports: 4369 is published on 127.0.0.1 at the environment's portBase + 369, not on port 4369
      ports: {
        management: { container: 15672, publish: 673 },
        epmd: { container: 4369, protocol: "udp", publish: 369 },
      },
      networks: ["back"],
      aliases: ["queue"],
      hostname: "queue",
      validations: { ready: { answers: amqp({ timeout: "10s", level: "basic" }) } },
    }),

    // changed: is called coordinator-service here, and reached by that name
    "coordinator-service": httpService({
      image: "acme/coordinator:1",
      port: 6000,
      env: {
        DATABASE_URL: urlOf("my-db", { path: "/main?sslmode=disable" }),
        LEGACY_URL: urlOf("my-db"),
        // check: names my-db, by another URL than urlOf() gives: all of it is a secret, to be kept in step by
        // hand
        REPLICA_URL: secret("replicaUrl"),
        QUEUE_URL: "amqp://queue:5672/jobs",
        QUEUE_ADDR: "q:5672",
        HOSTS: "my_db,q",
        JDBC: "jdbc:postgresql://my_db:5432/main",
        NOTE: "my_db is the old one",
      },
      networks: ["front", "back"],
      validations: { ready: { listens: tcp(6000, { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    // lost: domainname: a container finds the others by their services' names, on the stack's own network
    // changed: is called web-app here, and reached by its old name as well
    "web-app": httpService({
      image: "acme/web:1",
      port: 3000,
      publish: 0,
      // changed: ports: 3000 is published on 127.0.0.1 at the environment's portBase + 0, not on port 3000
      // changed: ports: 3001 is published on 127.0.0.1 at the environment's portBase + 1, not on port 3001
      ports: {
        port3001: { container: 3001, publish: 1 },
        port3100: { container: 3000, host: { address: "0.0.0.0", port: 3100 } },
      },
      env: {
        // changed: names coordinator-service, which depends_on does not: starts no earlier than it
        API: urlOf("coordinator-service", { path: "/api" }),
      },
      networks: ["front"],
      aliases: ["web.app"],
      validations: { ready: { listens: tcp(3000, { level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },

  parity: {
    allow: [
      {
        path: "services.web-app.ports.port3100.published.ip",
        reason: "the compose file published it at every address",
      },
    ],
  },
});

/**
 * bazaar, imported from compose.yaml by "npx phasegate import". From here on this file is the one to change.
 *
 * Next: add bazaar to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.dbPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.queuePassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.sessionSecret" --stack STACK
 */
import {
  amqp,
  defineStack,
  get,
  hostFile,
  httpService,
  job,
  ping,
  postgres,
  rabbitmq,
  redis,
  running,
  secret,
  service,
  sql,
  tcp,
  tmpfs,
  urlOf,
  volume,
} from "phasegate";

export const bazaar = defineStack({
  name: "bazaar",
  environments: ["development", "test", "staging", "production"],

  phases: {
    infrastructure: {
      title: "Infrastructure",
      services: ["db", "cache", "queue", "mail"],
      validation: "ready",
      timeout: "130s",
    },
    mailerAndMigrate: {
      title: "Mailer and migrate",
      services: ["mailer", "migrate"],
      dependsOn: ["infrastructure"],
      validation: "ready",
      timeout: "300s",
    },
    apiAndWorker: {
      title: "Api and worker",
      services: ["api", "worker"],
      dependsOn: ["mailerAndMigrate"],
      validation: "ready",
      timeout: "60s",
    },
    storefront: {
      title: "Storefront",
      services: ["storefront"],
      dependsOn: ["apiAndWorker"],
      validation: "ready",
      timeout: "60s",
    },
    edge: {
      title: "Edge",
      services: ["proxy"],
      dependsOn: ["storefront"],
      validation: "ready",
      timeout: "60s",
    },
  },

  needs: {
    proxy: ["storefront", "api"],
    storefront: ["api"],
    api: ["migrate", "db", "cache", "queue"],
    worker: ["migrate", "db", "queue"],
    mailer: ["queue", "mail"],
    migrate: ["db"],
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  // changed: services: have the restart policy unless-stopped: the coordinator restarts what fails, by
  // failureHandling
  services: {
    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    proxy: httpService({
      image: "nginx:1.27",
      port: 80,
      publish: 80,
      // changed: ports: 80 is published on 127.0.0.1 at the environment's portBase + 80, not on port 80
      // changed: ports: 443 is published on 127.0.0.1 at the environment's portBase + 443, not on port 443
      ports: { https: { container: 443, publish: 443 } },
      mounts: {
        "/etc/nginx/nginx.conf": hostFile("ops/nginx.conf"),
        "/srv/uploads": volume("uploads", { readOnly: true }),
        "/var/cache/nginx": tmpfs({ size: "64mb" }),
      },
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
    }),

    storefront: httpService({
      image: "bazaar/storefront:4",
      port: 3000,
      env: { API_URL: urlOf("api"), SESSION_SECRET: secret("sessionSecret") },
      resources: { memory: "256mb" },
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { level: "basic" }) } },
    }),

    api: httpService({
      image: "bazaar/api:4",
      port: 8080,
      publish: 81,
      // changed: ports: 8080 is published on 127.0.0.1 at the environment's portBase + 81, not on port 8080
      // changed: ports: 9100 is published on 127.0.0.1 at the environment's portBase + 100, not on port 9100
      ports: { metrics: { container: 9100, publish: 100 } },
      env: {
        // changed: names db, which depends_on does not: waits until it is ready
        DATABASE_URL: urlOf("db", { scheme: "postgresql" }),
        REDIS_URL: urlOf("cache"),
        AMQP_URL: urlOf("queue"),
        UPLOADS: "/uploads",
      },
      mounts: { "/uploads": volume("uploads") },
      resources: { memory: "256mb" },
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    worker: service({
      image: "bazaar/worker:4",
      env: {
        // changed: names db, which depends_on does not: waits until it is ready
        DATABASE_URL: urlOf("db", { scheme: "postgresql" }),
        AMQP_URL: urlOf("queue"),
      },
      mounts: { "/uploads": volume("uploads") },
      resources: { memory: "256mb" },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    mailer: service({
      image: "bazaar/mailer:4",
      env: {
        AMQP_URL: urlOf("queue"),
        // changed: names mail, which depends_on does not: starts no earlier than it
        SMTP_HOST: "mail",
        SMTP_PORT: "1025",
      },
      resources: { memory: "256mb" },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    migrate: job({
      image: "bazaar/migrations:4",
      runs: "everyUp",
      env: { DATABASE_URL: urlOf("db", { scheme: "postgresql" }) },
    }),

    db: postgres({
      image: "postgres:17",
      database: "bazaar",
      password: secret("dbPassword"),
      volumes: { db: "/var/lib/postgresql/data" },
      resources: { shmSize: "128mb" },
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    cache: redis({
      image: "redis:7",
      maxMemory: "64mb",
      validations: { ready: { answers: ping({ level: "basic" }) } },
    }),

    queue: rabbitmq({
      image: "rabbitmq:4",
      user: "bazaar",
      password: secret("queuePassword"),
      // changed: ports: 15672 is published on 127.0.0.1 at the environment's portBase + 672, not on port
      // 15672
      ports: { management: { container: 15672, publish: 672 } },
      volumes: { queue: "/var/lib/rabbitmq" },
      resources: { ulimits: { nofile: 65536 } },
      validations: { ready: { answers: amqp({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    mail: service({
      image: "bazaar/mail:1",
      port: 1025,
      // changed: ports: 1025 is published on 127.0.0.1 at the environment's portBase + 25, not on port 1025
      publish: 25,
      validations: { ready: { listens: tcp(1025, { level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

/**
 * platform, imported from compose.yaml by "npx phasegate import". From here on this file is the one to
 * change.
 *
 * Next: add platform to stacks/index.ts; go through the comments that begin with "lost", "changed" or
 * "check", and take out those that are dealt with; replace probes that only ask whether a port is open by
 * ones that ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.postgresPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.rabbitmqPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.databaseUrl" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.stripeApiKey" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.sessionSecret" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.minioRootPassword" --stack STACK
 */
import {
  amqp,
  defineStack,
  exec,
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
  urlOf,
} from "phasegate";

export const platform = defineStack({
  name: "platform",
  environments: ["development", "test", "staging", "production"],

  phases: {
    infrastructure: {
      title: "Infrastructure",
      services: ["payments", "postgres", "redis", "rabbitmq", "search", "minio", "mailhog"],
      validation: "ready",
      timeout: "300s",
    },
    mailerAnd3More: {
      title: "Mailer and 3 more",
      services: ["mailer", "thumbnails", "migrate", "adminer"],
      dependsOn: ["infrastructure"],
      validation: "ready",
      timeout: "300s",
    },
    catalogAnd2More: {
      title: "Catalog and 2 more",
      services: ["catalog", "orders", "auth"],
      dependsOn: ["mailerAnd3More"],
      validation: "ready",
      timeout: "80s",
    },
    adminAnd3More: {
      title: "Admin and 3 more",
      services: ["admin", "cart", "indexer", "scheduler"],
      dependsOn: ["catalogAnd2More"],
      validation: "ready",
      timeout: "80s",
    },
    gatewayAndStorefront: {
      title: "Gateway and storefront",
      services: ["gateway", "storefront"],
      dependsOn: ["adminAnd3More"],
      validation: "ready",
      timeout: "80s",
    },
  },

  needs: {
    gateway: ["storefront", "admin"],
    storefront: ["catalog", "cart", "auth"],
    admin: ["catalog", "orders"],
    catalog: ["migrate", "postgres", "redis", "search"],
    cart: ["catalog", "redis"],
    orders: ["payments", "migrate", "postgres", "rabbitmq"],
    auth: ["migrate", "postgres", "redis"],
    mailer: ["rabbitmq", "mailhog"],
    // changed: depends_on.minio: waits until minio is ready, where compose waited for its start only
    thumbnails: ["rabbitmq", "minio"],
    indexer: ["catalog", "postgres", "search"],
    scheduler: ["orders"],
    migrate: ["postgres"],
    adminer: ["postgres"],
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  // changed: services: have the restart policy unless-stopped: the coordinator restarts what fails, by
  // failureHandling
  services: {
    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    gateway: httpService({
      image: "traefik:v3.1",
      port: 80,
      publish: 80,
      // changed: ports: 80 is published on 127.0.0.1 at the environment's portBase + 80, not on port 80
      // changed: ports: 8080 is published on 127.0.0.1 at the environment's portBase + 81, not on port 8080
      ports: { port8080: { container: 8080, publish: 81 } },
      command: ["--providers.docker=true", "--entrypoints.web.address=:80"],
      mounts: { "/var/run/docker.sock": hostFile("/var/run/docker.sock") },
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
    }),

    storefront: httpService({
      image: "platform/storefront:12",
      port: 3000,
      env: { CATALOG_URL: urlOf("catalog"), CART_URL: urlOf("cart"), AUTH_URL: urlOf("auth") },
      resources: { memory: "512mb" },
      // check: healthcheck: wget passes on every 2xx, and follows redirects; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/api/health", { timeout: "3s", level: "basic" }) } },
    }),

    admin: httpService({
      image: "platform/admin:12",
      port: 3000,
      env: { CATALOG_URL: urlOf("catalog"), ORDERS_URL: urlOf("orders") },
      resources: { memory: "512mb" },
      // check: healthcheck: wget passes on every 2xx, and follows redirects; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/api/health", { timeout: "3s", level: "basic" }) } },
    }),

    catalog: httpService({
      image: "platform/catalog:12",
      port: 8001,
      env: {
        // check: names postgres, by another URL than urlOf() gives: all of it is a secret, to be kept in step
        // by hand
        // changed: names postgres, which depends_on does not: waits until it is ready
        DATABASE_URL: secret("databaseUrl"),
        SEARCH_URL: urlOf("search"),
        // changed: names redis, which depends_on does not: waits until it is ready
        CACHE_URL: urlOf("redis"),
      },
      resources: { memory: "512mb" },
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { timeout: "3s", level: "basic" }) } },
    }),

    cart: httpService({
      image: "platform/cart:12",
      port: 8002,
      env: { REDIS_URL: urlOf("redis"), CATALOG_URL: urlOf("catalog") },
      resources: { memory: "512mb" },
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { timeout: "3s", level: "basic" }) } },
    }),

    orders: httpService({
      image: "platform/orders:12",
      port: 8003,
      env: {
        // changed: names postgres, which depends_on does not: waits until it is ready
        DATABASE_URL: urlOf("postgres", { scheme: "postgresql" }),
        AMQP_URL: urlOf("rabbitmq"),
        STRIPE_API_KEY: secret("stripeApiKey"),
        PAYMENTS_URL: urlOf("payments"),
      },
      resources: { memory: "512mb" },
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { timeout: "3s", level: "basic" }) } },
    }),

    auth: httpService({
      image: "platform/auth:12",
      port: 8004,
      env: {
        // changed: names postgres, which depends_on does not: waits until it is ready
        DATABASE_URL: urlOf("postgres", { scheme: "postgresql" }),
        SESSION_SECRET: secret("sessionSecret"),
        // changed: names redis, which depends_on does not: waits until it is ready
        REDIS_URL: urlOf("redis"),
      },
      resources: { memory: "512mb" },
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { timeout: "3s", level: "basic" }) } },
    }),

    payments: httpService({
      image: "platform/payments:12",
      port: 8005,
      env: {
        STRIPE_API_KEY: secret("stripeApiKey"),
        // check: names orders, which comes after payments: no edge in "needs", since they cannot wait for
        // each other
        ORDERS_URL: urlOf("orders"),
      },
      resources: { memory: "512mb" },
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { timeout: "3s", level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    mailer: service({
      image: "platform/mailer:12",
      env: {
        AMQP_URL: urlOf("rabbitmq"),
        // changed: names mailhog, which depends_on does not: starts no earlier than it
        SMTP_HOST: "mailhog",
        SMTP_PORT: "1025",
      },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    thumbnails: service({
      image: "platform/thumbnails:12",
      env: {
        AMQP_URL: urlOf("rabbitmq"),
        S3_ENDPOINT: urlOf("minio"),
        S3_SECRET_KEY: secret("minioRootPassword"),
      },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    indexer: service({
      image: "platform/indexer:12",
      env: {
        // changed: names postgres, which depends_on does not: waits until it is ready
        DATABASE_URL: urlOf("postgres", { scheme: "postgresql" }),
        // changed: names search, which depends_on does not: waits until it is ready
        SEARCH_URL: urlOf("search"),
      },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    scheduler: service({
      image: "platform/scheduler:12",
      env: { ORDERS_URL: urlOf("orders") },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    migrate: job({
      image: "platform/migrations:12",
      runs: "everyUp",
      env: { DATABASE_URL: urlOf("postgres", { scheme: "postgresql" }) },
    }),

    postgres: postgres({
      image: "postgres:17",
      database: "platform",
      password: secret("postgresPassword"),
      volumes: { postgres: "/var/lib/postgresql/data" },
      mounts: { "/docker-entrypoint-initdb.d/init.sql": hostFile("init.sql") },
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    redis: redis({ image: "redis:7", validations: { ready: { answers: ping({ level: "basic" }) } } }),

    rabbitmq: rabbitmq({
      image: "rabbitmq:3.13-management",
      user: "platform",
      password: secret("rabbitmqPassword"),
      // changed: ports: 15672 is published on 127.0.0.1 at the environment's portBase + 672, not on port
      // 15672
      ports: { management: { container: 15672, publish: 672 } },
      validations: { ready: { answers: amqp({ level: "basic" }) } },
    }),

    search: httpService({
      image: "elasticsearch:8.14.3",
      port: 9200,
      env: {
        "discovery.type": "single-node",
        "xpack.security.enabled": "false",
        ES_JAVA_OPTS: "-Xms512m -Xmx512m",
      },
      volumes: { search: "/usr/share/elasticsearch/data" },
      resources: { ulimits: { memlock: "unlimited" } },
      validations: {
        ready: {
          passesItsCheck: exec(
            ["/bin/sh", "-c", 'curl -s http://localhost:9200/_cluster/health | grep -vq \'"status":"red"\''],
            { timeout: "30s", level: "basic" },
          ),
          listens: tcp(9200, { level: "basic" }),
        },
      },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    minio: httpService({
      image: "minio/minio",
      port: 9000,
      command: ["server", "/data", "--console-address", ":9001"],
      env: { MINIO_ROOT_USER: "minio", MINIO_ROOT_PASSWORD: secret("minioRootPassword") },
      volumes: { minio: "/data" },
      validations: { ready: { listens: tcp(9000, { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    mailhog: service({
      image: "mailhog/mailhog",
      port: 8025,
      // changed: ports: 8025 is published on 127.0.0.1 at the environment's portBase + 25, not on port 8025
      publish: 25,
      validations: { ready: { listens: tcp(8025, { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    adminer: httpService({
      image: "adminer",
      port: 8080,
      // changed: ports: 8080 is published on 127.0.0.1 at the environment's portBase + 82, not on port 8081
      publish: 82,
      env: {
        // changed: names postgres, which depends_on does not: waits until it is ready
        ADMINER_DEFAULT_SERVER: "postgres",
      },
      validations: { ready: { listens: tcp(8080, { level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

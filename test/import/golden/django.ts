/**
 * django, imported from compose.yaml by "npx phasegate import". From here on this file is the one to change.
 *
 * Next: add django to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.postgresPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.redisPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.djangoSecretKey" --stack STACK
 */
import {
  defineStack,
  exec,
  get,
  hostFile,
  httpService,
  job,
  ping,
  postgres,
  redis,
  running,
  secret,
  service,
  sql,
  tcp,
  urlOf,
} from "phasegate";

export const django = defineStack({
  name: "django",
  environments: ["development", "test", "staging", "production"],

  phases: {
    data: { title: "Data", services: ["postgres", "redis"], validation: "ready", timeout: "270s" },
    migrations: {
      title: "Migrations",
      services: ["migrate"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "300s",
    },
    application: {
      title: "Application",
      services: ["web", "worker", "beat"],
      dependsOn: ["migrations"],
      validation: "ready",
      timeout: "90s",
    },
    edge: {
      title: "Edge",
      services: ["nginx"],
      dependsOn: ["application"],
      validation: "ready",
      timeout: "60s",
    },
  },

  needs: {
    migrate: ["postgres", "redis"],
    web: ["postgres", "redis", "migrate"],
    worker: ["postgres", "redis", "migrate"],
    beat: ["postgres", "redis", "worker"],
    nginx: { web: "restart" },
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  // changed: services: have the restart policy unless-stopped: the coordinator restarts what fails, by
  // failureHandling
  services: {
    postgres: postgres({
      image: "postgres:16-alpine",
      database: "store",
      password: secret("postgresPassword"),
      command: ["postgres", "-c", "max_connections=200", "-c", "shared_buffers=256MB"],
      volumes: { postgres: "/var/lib/postgresql/data" },
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    redis: redis({
      image: "redis:7",
      password: secret("redisPassword"),
      maxMemory: "256mb",
      command: ["redis-server", "/usr/local/etc/redis/redis.conf", "--maxmemory-policy", "allkeys-lru"],
      validations: { ready: { answers: ping({ level: "basic" }) } },
    }),

    migrate: job({
      image: "registry.example.com/team/store:2.1",
      command: ["python", "manage.py", "migrate", "--noinput"],
      runs: "everyUp",
      env: {
        DJANGO_SETTINGS_MODULE: "store.settings",
        DJANGO_SECRET_KEY: secret("djangoSecretKey"),
        DATABASE_URL: urlOf("postgres", { scheme: "postgresql+psycopg" }),
        CACHE_URL: urlOf("redis"),
        CELERY_BROKER_URL: urlOf("redis", { path: "/1" }),
      },
    }),

    web: httpService({
      image: "registry.example.com/team/store:2.1",
      port: 8000,
      command: ["gunicorn", "store.wsgi", "--bind", "0.0.0.0:8000"],
      env: {
        DJANGO_SETTINGS_MODULE: "store.settings",
        DJANGO_SECRET_KEY: secret("djangoSecretKey"),
        DATABASE_URL: urlOf("postgres", { scheme: "postgresql+psycopg" }),
        CACHE_URL: urlOf("redis"),
        CELERY_BROKER_URL: urlOf("redis", { path: "/1" }),
        WEB_CONCURRENCY: "4",
      },
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/healthz/", { timeout: "3s", level: "basic" }) } },
    }),

    worker: service({
      image: "registry.example.com/team/store:2.1",
      command: ["celery", "-A", "store", "worker"],
      env: {
        DJANGO_SETTINGS_MODULE: "store.settings",
        DJANGO_SECRET_KEY: secret("djangoSecretKey"),
        DATABASE_URL: urlOf("postgres", { scheme: "postgresql+psycopg" }),
        CACHE_URL: urlOf("redis"),
        CELERY_BROKER_URL: urlOf("redis", { path: "/1" }),
      },
      grace: "60s",
      validations: {
        ready: {
          passesItsCheck: exec(["celery", "-A", "store", "inspect", "ping"], {
            timeout: "30s",
            level: "basic",
          }),
        },
      },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    beat: service({
      image: "registry.example.com/team/store:2.1",
      command: ["celery", "-A", "store", "beat", "--schedule", "/tmp/schedule"],
      env: {
        DJANGO_SETTINGS_MODULE: "store.settings",
        DJANGO_SECRET_KEY: secret("djangoSecretKey"),
        // changed: names postgres, which depends_on does not: waits until it is ready
        DATABASE_URL: urlOf("postgres", { scheme: "postgresql+psycopg" }),
        // changed: names redis, which depends_on does not: waits until it is ready
        CACHE_URL: urlOf("redis"),
        CELERY_BROKER_URL: urlOf("redis", { path: "/1" }),
      },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    nginx: httpService({
      image: "nginx:1.27",
      port: 80,
      publish: 80,
      // changed: ports: 80 is published on 127.0.0.1 at the environment's portBase + 80, not on port 80
      // changed: ports: 443 is published on 127.0.0.1 at the environment's portBase + 443, not on port 443
      ports: { https: { container: 443, publish: 443 } },
      mounts: { "/etc/nginx/nginx.conf": hostFile("nginx.conf") },
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

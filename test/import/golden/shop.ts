/**
 * shop, imported from compose.yaml by "npx phasegate import". From here on this file is the one to change.
 *
 * Next: add shop to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.dbPassword" --stack STACK
 */
import {
  defineStack,
  dockerfile,
  get,
  httpService,
  ping,
  postgres,
  redis,
  secret,
  sql,
  urlOf,
} from "phasegate";

export const shop = defineStack({
  name: "shop",
  environments: ["development", "test", "staging", "production"],

  phases: {
    data: { title: "Data", services: ["db", "cache"], validation: "ready", timeout: "90s" },
    application: {
      title: "Application",
      services: ["api"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "50s",
    },
  },

  needs: {
    api: ["db", "cache"],
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  // changed: services: have the restart policy unless-stopped: the coordinator restarts what fails, by
  // failureHandling
  services: {
    db: postgres({
      image: "postgres:17",
      database: "shop",
      password: secret("dbPassword"),
      volumes: { "db-data": "/var/lib/postgresql/data" },
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    cache: redis({ image: "redis:7-alpine", validations: { ready: { answers: ping({ level: "basic" }) } } }),

    api: httpService({
      image: dockerfile("api"),
      port: 8080,
      // changed: ports: 8080 is published on 127.0.0.1 at the environment's portBase + 80, not on port 8080
      publish: 80,
      env: {
        DATABASE_URL: urlOf("db", { scheme: "postgresql" }),
        REDIS_URL: urlOf("cache"),
        LOG_LEVEL: "info",
      },
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

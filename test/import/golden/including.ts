/**
 * including, imported from compose.yaml by "npx phasegate import". From here on this file is the one to
 * change.
 *
 * Next: add including to stacks/index.ts; go through the comments that begin with "lost", "changed" or
 * "check", and take out those that are dealt with; replace probes that only ask whether a port is open by
 * ones that ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.apiDbPassword" --stack STACK
 */
import { defineStack, get, httpService, postgres, secret, service, sql, tcp, urlOf } from "phasegate";

export const including = defineStack({
  name: "including",
  environments: ["development", "test", "staging", "production"],

  phases: {
    infrastructure: {
      title: "Infrastructure",
      services: ["metrics", "exporter", "database"],
      validation: "ready",
      timeout: "90s",
    },
    application: {
      title: "Application",
      services: ["api"],
      dependsOn: ["infrastructure"],
      validation: "ready",
      timeout: "60s",
    },
  },

  needs: {
    metrics: ["exporter"],
    api: ["database"],
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  services: {
    metrics: httpService({
      image: "prom/prometheus:v2.54.1",
      port: 9090,
      // check: healthcheck: wget passes on every 2xx, and follows redirects; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/-/ready", { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    exporter: service({
      image: "acme/exporter:1",
      port: 9187,
      validations: { ready: { listens: tcp(9187, { level: "basic" }) } },
    }),

    database: postgres({
      image: "postgres:17",
      database: "api",
      password: secret("apiDbPassword"),
      volumes: { database: "/var/lib/postgresql/data" },
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    api: httpService({
      image: "acme/api:1",
      port: 8000,
      // changed: ports: 8000 is published on 127.0.0.1 at the environment's portBase + 0, not on port 8000
      publish: 0,
      env: { DATABASE_URL: urlOf("database") },
      validations: { ready: { listens: tcp(8000, { level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

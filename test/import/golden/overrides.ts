/**
 * portal, imported from compose.yaml, compose.production.yaml by "npx phasegate import". From here on this
 * file is the one to change.
 *
 * Next: add portal to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.dbPassword" --stack STACK
 */
import { defineStack, get, httpService, postgres, secret, sql, urlOf } from "phasegate";

export const portal = defineStack({
  name: "portal",
  environments: ["development", "test", "staging", "production"],

  phases: {
    data: { title: "Data", services: ["db"], validation: "ready", timeout: "30s" },
    application: {
      title: "Application",
      services: ["app"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "90s",
    },
  },

  needs: {
    app: ["db"],
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  services: {
    db: postgres({
      image: "postgres:16",
      database: "postgres",
      password: secret("dbPassword"),
      volumes: { db: "/var/lib/postgresql/data" },
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    app: httpService({
      image: "acme/portal:4.2.1",
      port: 3000,
      // changed: ports: 3000 is published on 127.0.0.1 at the environment's portBase + 443, not on port 8443
      publish: 443,
      command: ["npm", "start"],
      env: { NODE_ENV: "production", DATABASE_URL: urlOf("db") },
      // check: healthcheck: wget passes on every 2xx, and follows redirects; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/ready?deep=1", { level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

/** The smallest stack worth a gate: a database, and one service that must not start before it. */
import { bundle, connections, defineStack, get, httpService, postgres, secret, urlOf } from "phasegate";
import { environmentsMayDiffer } from "./environments-may-differ.ts";

export const quickstart = defineStack({
  name: "quickstart",
  environments: ["development", "test", "staging", "production"],
  services: {
    postgres: postgres({
      image: "postgres:17",
      database: "app",
      password: secret("postgresPassword", { generate: true }),
      volumes: { data: "/var/lib/postgresql/data" },
      validations: { connectivity: { acceptsConnections: connections(5, { level: "basic" }) } },
    }),
    hello: httpService({
      image: bundle("services/hello/main.ts"),
      port: 8080,
      publish: 0,
      env: { DATABASE_URL: urlOf("postgres") },
      validations: { answers: { greets: get("/", { json: { hello: "world" }, level: "basic" }) } },
    }),
  },
  phases: {
    database: { title: "Database", services: ["postgres"], validation: "connectivity", timeout: "60s" },
    application: {
      title: "Application",
      services: ["hello"],
      dependsOn: ["database"],
      validation: "answers",
      timeout: "60s",
    },
  },
  needs: { hello: ["postgres"] },
  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "restart",
    grace: "10s",
  },
  parity: environmentsMayDiffer,
});

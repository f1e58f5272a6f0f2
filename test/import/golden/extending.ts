/**
 * extending, imported from compose.yaml by "npx phasegate import". From here on this file is the one to
 * change.
 *
 * Next: add extending to stacks/index.ts; go through the comments that begin with "lost", "changed" or
 * "check", and take out those that are dealt with; replace probes that only ask whether a port is open by
 * ones that ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.postgresPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.apiToken" --stack STACK
 */
import { defineStack, httpService, postgres, running, secret, service, sql, tcp, urlOf } from "phasegate";

export const extending = defineStack({
  name: "extending",
  environments: ["development", "test", "staging", "production"],

  phases: {
    infrastructure: {
      title: "Infrastructure",
      services: ["postgres", "service"],
      validation: "ready",
      timeout: "60s",
    },
    application: {
      title: "Application",
      services: ["orders", "invoices"],
      dependsOn: ["infrastructure"],
      validation: "ready",
      timeout: "60s",
    },
  },

  needs: {
    orders: ["postgres"],
    invoices: ["postgres", "orders"],
  },

  // changed: services: have the restart policy on-failure:5: the coordinator restarts what fails, by
  // failureHandling
  services: {
    postgres: postgres({
      image: "postgres:17",
      database: "orders",
      password: secret("postgresPassword"),
      env: { TZ: "Europe/Berlin" },
      validations: { ready: { answers: sql("SELECT count(*) FROM pg_tables", { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    orders: httpService({
      image: "acme/orders:2",
      port: 7001,
      env: {
        LOG_FORMAT: "json",
        GREETING: "hello,\nworld",
        API_TOKEN: secret("apiToken"),
        PORT: "7001",
        DATABASE_URL: urlOf("postgres"),
      },
      labels: { "com.example.team": "payments" },
      validations: { ready: { listens: tcp(7001, { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    invoices: service({
      image: "acme/invoices:5",
      port: 7002,
      env: {
        LOG_FORMAT: "json",
        GREETING: "hello,\nworld",
        API_TOKEN: secret("apiToken"),
        PORT: "7002",
        DATABASE_URL: urlOf("postgres"),
        // changed: names orders, which depends_on does not: starts no earlier than it
        ORDERS_URL: urlOf("orders"),
      },
      labels: { "com.example.team": "payments" },
      validations: { ready: { listens: tcp(7002, { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    service: service({
      image: "acme/nothing",
      env: { LOG_FORMAT: "json", GREETING: "hello,\nworld", API_TOKEN: secret("apiToken") },
      labels: { "com.example.team": "payments" },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 5,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

/**
 * clinic, imported from compose.yaml by "npx phasegate import". From here on this file is the one to change.
 *
 * Next: add clinic to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.bookingPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.recordsPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.eventsPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.signingKey" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.smsToken" --stack STACK
 */
import {
  clickhouse,
  defineStack,
  get,
  hostFile,
  httpService,
  ping,
  postgres,
  query,
  redis,
  running,
  secret,
  service,
  sql,
  tcp,
  urlOf,
} from "phasegate";

export const clinic = defineStack({
  name: "clinic",
  environments: ["development", "test", "staging", "production"],

  phases: {
    data: {
      title: "Data",
      services: ["appointments", "patients", "events", "locks"],
      validation: "ready",
      timeout: "90s",
    },
    recordsAndArchive: {
      title: "Records and archive",
      services: ["records", "archive"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "60s",
    },
    booking: {
      title: "Booking",
      services: ["booking"],
      dependsOn: ["recordsAndArchive"],
      validation: "ready",
      timeout: "60s",
    },
    portalAndReminders: {
      title: "Portal and reminders",
      services: ["portal", "reminders"],
      dependsOn: ["booking"],
      validation: "ready",
      timeout: "60s",
    },
    edge: {
      title: "Edge",
      services: ["gateway"],
      dependsOn: ["portalAndReminders"],
      validation: "ready",
      timeout: "60s",
    },
  },

  needs: {
    gateway: ["portal", "booking"],
    portal: ["booking"],
    booking: ["records", "appointments", "locks"],
    records: ["patients", "events"],
    reminders: ["booking"],
    archive: ["patients"],
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  services: {
    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    gateway: httpService({
      image: "nginx:1.27",
      port: 80,
      publish: 80,
      // changed: ports: 80 is published on 127.0.0.1 at the environment's portBase + 80, not on port 80
      ports: { https: { container: 8443, host: { address: "0.0.0.0", port: 8443 } } },
      mounts: { "/etc/nginx/conf.d/default.conf": hostFile("ops/gateway.conf") },
      networks: ["front"],
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
    }),

    portal: httpService({
      image: "clinic/portal:7",
      port: 3000,
      env: { BOOKING_URL: urlOf("booking") },
      networks: ["front"],
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { level: "basic" }) } },
    }),

    booking: httpService({
      image: "clinic/booking:7",
      port: 8080,
      env: { DATABASE_URL: urlOf("appointments"), RECORDS_URL: urlOf("records"), LOCKS_URL: urlOf("locks") },
      networks: ["front", "records"],
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { level: "basic" }) } },
    }),

    records: httpService({
      image: "clinic/records:7",
      port: 8081,
      env: { DATABASE_URL: urlOf("patients"), EVENTS_URL: "http://events:8123" },
      files: { "/run/secrets/signing_key": [secret("signingKey")] },
      networks: ["records"],
      // check: healthcheck: curl --fail passes on every status below 400; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    reminders: service({
      image: "clinic/reminders:7",
      env: { BOOKING_URL: urlOf("booking"), SMS_TOKEN: secret("smsToken") },
      networks: ["front"],
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    archive: service({
      image: "clinic/archive:7",
      env: { DATABASE_URL: urlOf("patients") },
      volumes: { archive: "/archive" },
      mounts: { "/etc/retention.yaml": hostFile("ops/retention.yaml") },
      networks: ["records"],
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    appointments: postgres({
      image: "postgres:17",
      database: "booking",
      password: secret("bookingPassword"),
      volumes: { appointments: "/var/lib/postgresql/data" },
      networks: ["front"],
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    patients: postgres({
      image: "postgres:17",
      database: "records",
      password: secret("recordsPassword"),
      volumes: { patients: "/var/lib/postgresql/data" },
      networks: ["records"],
      resources: { memory: "1gb" },
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    events: clickhouse({
      image: "clickhouse/clickhouse-server:24",
      database: "default",
      password: secret("eventsPassword"),
      networks: ["records"],
      resources: { ulimits: { nofile: 262144 } },
      validations: { ready: { answers: query("SELECT 1", { level: "basic" }) } },
    }),

    locks: redis({
      image: "redis:7",
      networks: ["records"],
      validations: { ready: { answers: ping({ level: "basic" }) } },
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
        path: "services.gateway.ports.https.published.ip",
        reason: "the compose file published it at every address",
      },
    ],
  },
});

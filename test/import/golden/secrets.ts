/**
 * vault, imported from compose.yaml by "npx phasegate import". From here on this file is the one to change.
 *
 * Next: add vault to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.databasePassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.jwtSecret" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.sentryDsn" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.connection" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.legacy" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.upstream" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.tlsKey" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.token" --stack STACK
 */
import {
  defineStack,
  hostFile,
  httpService,
  postgres,
  running,
  secret,
  service,
  sql,
  tcp,
  urlOf,
} from "phasegate";

export const vault = defineStack({
  name: "vault",
  environments: ["development", "test", "staging", "production"],

  phases: {
    data: { title: "Data", services: ["database"], validation: "ready", timeout: "30s" },
    application: {
      title: "Application",
      services: ["api", "cleaner"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "60s",
    },
  },

  needs: {
    api: ["database"],
    cleaner: ["api"],
  },

  // check: services: pass on one variable of the environment that is not set there, and left out here, as by
  // compose: api
  services: {
    database: postgres({
      image: "postgres:17",
      database: "vault",
      password: secret("databasePassword"),
      files: { "/run/secrets/database_password": [secret("databasePassword")] },
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    // lost: command: holds a secret: hand it over as a variable or a file, and write the command without it
    api: httpService({
      image: "acme/vault:1",
      port: 8200,
      // changed: ports: 8200 is published on 127.0.0.1 at the environment's portBase + 200, not on port 8200
      publish: 200,
      env: {
        DATABASE_HOST: "database",
        DATABASE_PASSWORD_FILE: "/run/secrets/db",
        JWT_SECRET: secret("jwtSecret"),
        JWT_SECRET_TTL: "3600",
        ADMIN_PASSWORD: "true",
        SENTRY_DSN: secret("sentryDsn"),
        CONNECTION: secret("connection"),
        LEGACY: secret("legacy"),
        UPSTREAM: secret("upstream"),
      },
      // lost: secrets: database_password: its owner and its mode: the file is root's, and everybody may read
      // it
      // lost: configs: legal: write its text into files, at /legal
      files: {
        "/run/secrets/db": [secret("databasePassword")],
        "/etc/tls/key.pem": [secret("tlsKey")],
        "/etc/vault/settings.toml": ["[server]\n", 'name = "vault"\n', "motd = 'it''s \"open\"'\n"],
      },
      mounts: { "/banner": hostFile("banner.txt") },
      validations: { ready: { listens: tcp(8200, { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    // changed: restart: no: the coordinator restarts what fails, by failureHandling
    cleaner: service({
      image: "acme/cleaner:1",
      env: {
        // changed: names api, which depends_on does not: starts no earlier than it
        API_URL: urlOf("api", { path: "/v1" }),
        API_JWT: secret("jwtSecret"),
        TOKEN: secret("token"),
      },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

/**
 * forum, imported from compose.yaml by "npx phasegate import". From here on this file is the one to change.
 *
 * Next: add forum to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.meiliMasterKey" --stack STACK
 */
import { defineStack, get, httpService, secret, tcp, urlOf } from "phasegate";

export const forum = defineStack({
  name: "forum",
  environments: ["development", "test", "staging", "production"],

  phases: {
    data: { title: "Data", services: ["search"], validation: "ready", timeout: "90s" },
    application: {
      title: "Application",
      services: ["web"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "60s",
    },
  },

  needs: {
    // changed: depends_on.mail: is not imported, and not required: there is no such edge
    // changed: depends_on.search: waits until search is ready, where compose waited for its start only
    web: ["search"],
  },

  // lost: services.mail: is of the profile debug: import it with --profile debug
  // lost: services.shell: is of the profile debug: import it with --profile debug
  services: {
    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    web: httpService({
      image: "acme/forum:9",
      port: 8080,
      // changed: ports: 8080 is published on 127.0.0.1 at the environment's portBase + 80, not on port 80
      publish: 80,
      env: { MAIL_URL: "smtp://mail:1025", SEARCH_URL: urlOf("search") },
      validations: { ready: { listens: tcp(8080, { level: "basic" }) } },
    }),

    search: httpService({
      image: "getmeili/meilisearch:v1.9",
      port: 7700,
      env: { MEILI_MASTER_KEY: secret("meiliMasterKey") },
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

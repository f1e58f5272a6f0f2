/**
 * circles, imported from compose.yaml by "npx phasegate import". From here on this file is the one to change.
 *
 * Next: add circles to stacks/index.ts; go through the comments that begin with "lost", "changed" or "check",
 * and take out those that are dealt with; replace probes that only ask whether a port is open by ones that
 * ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.minioRootPassword" --stack STACK
 */
import { defineStack, dockerfile, httpService, job, secret, tcp, urlOf } from "phasegate";

export const circles = defineStack({
  name: "circles",
  environments: ["development", "test", "staging", "production"],

  phases: {
    data: { title: "Data", services: ["store"], validation: "ready", timeout: "60s" },
    jobs: { title: "Jobs", services: ["seed"], dependsOn: ["data"], validation: "ready", timeout: "300s" },
    application: {
      title: "Application",
      services: ["frontend", "backend", "setup-once"],
      dependsOn: ["jobs"],
      validation: "ready",
      timeout: "300s",
    },
  },

  needs: {
    frontend: ["backend"],
    // changed: depends_on.store: waits until store is ready, where compose waited for its start only
    backend: ["store", "seed"],
    seed: ["store"],
    "setup-once": ["backend"],
  },

  // changed: services: have the restart policy on-failure: the coordinator restarts what fails, by
  // failureHandling
  services: {
    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    frontend: httpService({
      image: dockerfile("frontend", { file: "Dockerfile.dev", target: "dev" }),
      port: 3000,
      // changed: ports: 3000 is published on 127.0.0.1 at the environment's portBase + 0, not on port 3000
      publish: 0,
      env: { API_URL: urlOf("backend"), LIVE_URL: urlOf("backend", { scheme: "ws", path: "/live" }) },
      validations: { ready: { listens: tcp(3000, { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    backend: httpService({
      image: dockerfile("backend"),
      port: 8000,
      // changed: ports: 8000 is published on 127.0.0.1 at the environment's portBase + 1, not on port 8000
      publish: 1,
      env: {
        // check: names frontend, which comes after backend: no edge in "needs", since they cannot wait for
        // each other
        PUBLIC_URL: urlOf("frontend"),
        STORE_URL: urlOf("store"),
        SELF_URL: "http://backend:8000",
      },
      validations: { ready: { listens: tcp(8000, { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    store: httpService({
      image: "minio/minio",
      port: 9000,
      command: ["server", "/data"],
      env: { MINIO_ROOT_USER: "minio", MINIO_ROOT_PASSWORD: secret("minioRootPassword") },
      validations: { ready: { listens: tcp(9000, { level: "basic" }) } },
    }),

    // lost: entrypoint: holds a secret: hand it over as a variable or a file, and write the command without
    // it
    seed: job({
      image: "minio/mc",
      runs: "everyUp",
      env: {
        // changed: names store, which depends_on does not: waits until it is ready
        STORE_ENDPOINT: "store:9000",
      },
    }),

    // check: is taken for a job, though nothing waits for its end: it must end with exit code 0
    "setup-once": job({
      image: "acme/setup:1",
      command: ["seed", "--demo"],
      runs: "everyUp",
      env: {
        // changed: names backend, which depends_on does not: starts no earlier than it
        TARGET_URL: urlOf("backend", { path: "/" }),
      },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

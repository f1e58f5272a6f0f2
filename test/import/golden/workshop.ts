/**
 * workshop, imported from compose.yaml by "npx phasegate import". From here on this file is the one to
 * change.
 *
 * Next: add workshop to stacks/index.ts; go through the comments that begin with "lost", "changed" or
 * "check", and take out those that are dealt with; replace probes that only ask whether a port is open by
 * ones that ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.mongoPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.npmrc" --stack STACK
 */
import {
  defineStack,
  dockerfile,
  get,
  hostFile,
  httpService,
  job,
  memcached,
  mongodb,
  passThrough,
  ping,
  running,
  secret,
  service,
  tcp,
  urlOf,
  volume,
} from "phasegate";

export const workshop = defineStack({
  name: "workshop",
  environments: ["development", "test", "staging", "production"],

  phases: {
    infrastructure: {
      title: "Infrastructure",
      services: ["trainer", "mongo", "cache", "mail"],
      validation: "ready",
      timeout: "60s",
    },
    jobs: {
      title: "Jobs",
      services: ["seed"],
      dependsOn: ["infrastructure"],
      validation: "ready",
      timeout: "300s",
    },
    application: {
      title: "Application",
      services: ["api"],
      dependsOn: ["jobs"],
      validation: "ready",
      timeout: "30s",
    },
    edge: {
      title: "Edge",
      services: ["proxy"],
      dependsOn: ["application"],
      validation: "ready",
      timeout: "60s",
    },
  },

  needs: {
    proxy: ["api"],
    api: ["seed", "mongo", "cache"],
    seed: ["mongo"],
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  // changed: services: have the restart policy unless-stopped: the coordinator restarts what fails, by
  // failureHandling
  services: {
    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    proxy: httpService({
      image: "nginx:1",
      port: 80,
      publish: 80,
      // changed: ports: 80 is published on 127.0.0.1 at the environment's portBase + 80, not on port 8080
      // changed: ports: 443 is published on 127.0.0.1 at the environment's portBase + 443, not on port 8443
      ports: { https: { container: 443, publish: 443 } },
      mounts: {
        "/etc/nginx/nginx.conf": hostFile("ops/nginx.conf"),
        "/srv/assets": volume("assets", { readOnly: true }),
      },
      logging: { maxSize: "20mb", maxFiles: 5, options: { compress: "true" } },
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
    }),

    api: httpService({
      image: dockerfile("services/api", {
        file: "Dockerfile.prod",
        target: "run",
        args: { VERSION: "4", NODE_ENV: "production" },
        secrets: { npmrc: secret("npmrc") },
      }),
      replicas: 3,
      port: 3000,
      env: {
        MONGO_URL: urlOf("mongo"),
        // changed: names cache, which depends_on does not: waits until it is ready
        MEMCACHED: "cache:11211",
        HTTPS_PROXY: passThrough("HTTPS_PROXY"),
      },
      envFile: ["ops/app.env"],
      mounts: { "/srv/assets": volume("assets") },
      labels: { team: "workshop", "traefik.enable": "true" },
      capabilities: { add: ["SYS_ADMIN"], drop: ["all"] },
      securityOptions: ["apparmor=workshop"],
      devices: { "/dev/fuse": { host: "/dev/fuse", permissions: "rw" } },
      logging: { maxSize: "20mb", maxFiles: 5, options: { compress: "true" } },
      resources: { memory: "256mb", memoryReservation: "64mb", cpus: 0.75, pids: 200 },
      // check: healthcheck: wget passes on every 2xx, and follows redirects; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/health", { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    trainer: service({
      image: dockerfile("services/trainer"),
      gpus: 1,
      logging: { driver: "syslog", options: { "syslog-address": "udp://10.0.0.9:514" } },
      resources: { shmSize: "2gb", ulimits: { memlock: "unlimited" } },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    seed: job({
      image: dockerfile("services/api", { file: "Dockerfile.prod", target: "seed" }),
      runs: "everyUp",
      env: { MONGO_URL: urlOf("mongo") },
    }),

    mongo: mongodb({
      image: "mongo:8",
      database: "workshop",
      password: secret("mongoPassword"),
      volumes: { "mongo-data": "/data/db" },
      validations: { ready: { answers: ping({ level: "basic" }) } },
    }),

    cache: service({
      image: "memcached:1",
      port: 11211,
      command: ["memcached", "-m", "64"],
      resources: { cpus: 0.25, pids: 50 },
      validations: { ready: { answers: memcached({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    mail: service({
      // changed: profiles: only development has it, by the name of its profile
      in: ["development"],
      image: "mailhog/mailhog",
      port: 8025,
      // changed: ports: 8025 is published on 127.0.0.1 at the environment's portBase + 25, not on port 8025
      publish: 25,
      validations: { ready: { listens: tcp(8025, { level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

/**
 * newsroom, imported from compose.yaml by "npx phasegate import". From here on this file is the one to
 * change.
 *
 * Next: add newsroom to stacks/index.ts; go through the comments that begin with "lost", "changed" or
 * "check", and take out those that are dealt with; replace probes that only ask whether a port is open by
 * ones that ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.newsroomDbPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.rootPassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.agencyToken" --stack STACK
 */
import {
  defineStack,
  get,
  hostFile,
  hostFolder,
  httpService,
  job,
  mysql,
  ping,
  redis,
  running,
  secret,
  service,
  sql,
  tcp,
  tmpfs,
  urlOf,
  volume,
} from "phasegate";

export const newsroom = defineStack({
  name: "newsroom",
  environments: ["development", "test", "staging", "production"],

  phases: {
    data: { title: "Data", services: ["mariadb", "sessions", "pages"], validation: "ready", timeout: "90s" },
    resizerAndSchema: {
      title: "Resizer and schema",
      services: ["resizer", "schema"],
      dependsOn: ["data"],
      validation: "ready",
      timeout: "300s",
    },
    webAnd3More: {
      title: "Web and 3 more",
      services: ["web", "editor", "reader", "importer"],
      dependsOn: ["resizerAndSchema"],
      validation: "ready",
      timeout: "60s",
    },
    feeds: {
      title: "Feeds",
      services: ["feeds"],
      dependsOn: ["webAnd3More"],
      validation: "ready",
      timeout: "90s",
    },
  },

  needs: {
    web: ["editor", "reader"],
    editor: ["schema", "mariadb", "sessions"],
    reader: ["schema", "mariadb", "pages"],
    importer: ["schema", "mariadb"],
    resizer: ["sessions"],
    feeds: ["reader"],
    schema: ["mariadb"],
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  services: {
    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    web: httpService({
      image: "nginx:1.27",
      port: 80,
      // changed: ports: 80 is published on 127.0.0.1 at the environment's portBase + 80, not on port 8080
      publish: 80,
      mounts: {
        "/etc/nginx/conf.d/default.conf": hostFile("ops/site.conf"),
        "/srv/media": volume("media", { readOnly: true }),
        "/srv/pages": hostFolder("ops/pages"),
      },
      validations: { ready: { listens: tcp(80, { level: "basic" }) } },
    }),

    editor: httpService({
      image: "newsroom/editor:2",
      port: 8000,
      env: {
        // changed: names mariadb, which depends_on does not: waits until it is ready
        DATABASE_URL: urlOf("mariadb"),
        CACHE_URL: urlOf("sessions"),
      },
      envFile: ["ops/editor.env"],
      mounts: { "/media": volume("media") },
      grace: "45s",
      // check: healthcheck: wget passes on every 2xx, and follows redirects; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/healthz", { level: "basic" }) } },
    }),

    reader: httpService({
      image: "newsroom/reader:2",
      port: 8001,
      env: {
        // changed: names mariadb, which depends_on does not: waits until it is ready
        DATABASE_URL: urlOf("mariadb"),
        PAGES_URL: urlOf("pages", { path: "/1" }),
      },
      // check: healthcheck: wget passes on every 2xx, and follows redirects; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/healthz", { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    importer: service({
      image: "newsroom/importer:2",
      env: {
        // changed: names mariadb, which depends_on does not: waits until it is ready
        DATABASE_URL: urlOf("mariadb"),
        AGENCY_TOKEN: secret("agencyToken"),
      },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    resizer: service({
      image: "newsroom/resizer:2",
      env: { QUEUE_URL: urlOf("sessions", { path: "/2" }) },
      mounts: { "/media": volume("media"), "/work": tmpfs() },
      resources: { memory: "512mb" },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    feeds: httpService({
      image: "newsroom/feeds:2",
      port: 8002,
      env: { READER_URL: urlOf("reader") },
      // check: healthcheck: wget passes on every 2xx, and follows redirects; here 200 passes: list others in
      // "status", or ask for a part of the answer in "json"
      validations: { ready: { isHealthy: get("/healthz", { level: "basic" }) } },
    }),

    schema: job({ image: "newsroom/schema:2", runs: "everyUp", env: { DATABASE_URL: urlOf("mariadb") } }),

    mariadb: mysql({
      image: "mariadb:11",
      database: "newsroom",
      password: secret("newsroomDbPassword"),
      rootPassword: secret("rootPassword"),
      volumes: { mariadb: "/var/lib/mysql" },
      validations: { ready: { answers: sql("SELECT 1", { level: "basic" }) } },
    }),

    sessions: redis({
      image: "redis:7",
      command: ["redis-server", "/usr/local/etc/redis/redis.conf", "--appendonly", "yes"],
      volumes: { sessions: "/data" },
      validations: { ready: { answers: ping({ level: "basic" }) } },
    }),

    pages: redis({
      image: "redis:7",
      maxMemory: "128mb",
      command: ["redis-server", "/usr/local/etc/redis/redis.conf", "--maxmemory-policy", "allkeys-lru"],
      validations: { ready: { answers: ping({ level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 3,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

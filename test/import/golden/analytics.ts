/**
 * analytics, imported from compose.yaml by "npx phasegate import". From here on this file is the one to
 * change.
 *
 * Next: add analytics to stacks/index.ts; go through the comments that begin with "lost", "changed" or
 * "check", and take out those that are dealt with; replace probes that only ask whether a port is open by
 * ones that ask what the application needs; and set the secrets:
 *
 *     pulumi config set --secret --path "phasegate:secrets.clickhousePassword" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.clickhouseDsn" --stack STACK
 *     pulumi config set --secret --path "phasegate:secrets.grafanaPassword" --stack STACK
 */
import {
  brokers,
  clickhouse,
  defineStack,
  exec,
  httpService,
  kafka,
  query,
  running,
  secret,
  service,
  tcp,
  urlOf,
} from "phasegate";

export const analytics = defineStack({
  name: "analytics",
  environments: ["development", "test", "staging", "production"],

  phases: {
    zookeeperAnd2More: {
      title: "Zookeeper and 2 more",
      services: ["zookeeper", "clickhouse", "prometheus"],
      validation: "ready",
      timeout: "90s",
    },
    kafkaAndGrafana: {
      title: "Kafka and grafana",
      services: ["kafka", "grafana"],
      dependsOn: ["zookeeperAnd2More"],
      validation: "ready",
      timeout: "120s",
    },
    application: {
      title: "Application",
      services: ["ingest"],
      dependsOn: ["kafkaAndGrafana"],
      validation: "ready",
      timeout: "60s",
    },
  },

  needs: {
    // changed: depends_on.zookeeper: waits until zookeeper is ready, where compose waited for its start only
    kafka: ["zookeeper"],
    ingest: ["kafka", "clickhouse"],
    // changed: depends_on.clickhouse: waits until clickhouse is ready, where compose waited for its start
    // only
    grafana: ["clickhouse", "prometheus"],
  },

  // check: volumes: the stack has volumes of its own: move the data over before it matters
  services: {
    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    zookeeper: service({
      image: "confluentinc/cp-zookeeper:7.6.0",
      port: 2181,
      env: { ZOOKEEPER_CLIENT_PORT: "2181" },
      validations: { ready: { listens: tcp(2181, { level: "basic" }) } },
    }),

    kafka: kafka({
      image: "confluentinc/cp-kafka:7.6.0",
      env: {
        KAFKA_ZOOKEEPER_CONNECT: "zookeeper:2181",
        KAFKA_ADVERTISED_LISTENERS: "PLAINTEXT://kafka:9092",
      },
      validations: {
        ready: {
          answers: brokers({ level: "basic" }),
          passesItsCheck: exec(
            ["/bin/sh", "-c", "kafka-topics --bootstrap-server localhost:9092 --list | grep -q events"],
            { timeout: "30s", level: "basic" },
          ),
        },
      },
    }),

    clickhouse: clickhouse({
      image: "clickhouse/clickhouse-server:24.8",
      database: "events",
      user: "analytics",
      password: secret("clickhousePassword"),
      publish: 123,
      // changed: ports: 8123 is published on 127.0.0.1 at the environment's portBase + 123, not on port 8123
      // changed: ports: 9000 is published on 127.0.0.1 at the environment's portBase + 0, not on port 9000
      ports: { port9000: { container: 9000, publish: 0 } },
      volumes: { clickhouse: "/var/lib/clickhouse" },
      resources: { ulimits: { nofile: 262144 } },
      validations: { ready: { answers: query("SELECT 1", { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether it stays up, which proves little
    // changed: deploy.restart_policy: condition: the coordinator restarts what fails, by failureHandling
    ingest: service({
      image: "acme/ingest:3",
      replicas: 3,
      env: {
        KAFKA_BROKERS: "kafka:9092",
        CLICKHOUSE_URL: urlOf("clickhouse"),
        // check: names clickhouse, by another URL than urlOf() gives: all of it is a secret, to be kept in
        // step by hand
        CLICKHOUSE_DSN: secret("clickhouseDsn"),
        BATCH_SIZE: "500",
      },
      validations: { ready: { staysUp: running({ level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    prometheus: httpService({
      image: "prom/prometheus:v2.53.0",
      port: 9090,
      files: {
        "/etc/prometheus/prometheus.yml": [
          "scrape_configs:\n",
          '  - job_name: "ingest"\n',
          "    static_configs:\n",
          '      - targets: ["ingest:9100"]\n',
        ],
      },
      validations: { ready: { listens: tcp(9090, { level: "basic" }) } },
    }),

    // check: has no health check: the gate asks no more than whether its port is open, which proves little
    grafana: httpService({
      image: "grafana/grafana:11.1.0",
      port: 3000,
      // changed: ports: 3000 is published on 127.0.0.1 at the environment's portBase + 1, not on port 3000
      publish: 1,
      env: {
        GF_SECURITY_ADMIN_PASSWORD: secret("grafanaPassword"),
        PROMETHEUS_URL: urlOf("prometheus"),
        ALERTS_FROM: "Grafana <alerts@example.com>",
      },
      validations: { ready: { listens: tcp(3000, { level: "basic" }) } },
    }),
  },

  failureHandling: {
    maxRetries: 7,
    backoff: { multiplier: 2, max: "30s" },
    onDependencyChange: "revalidate",
    grace: "10s",
  },
});

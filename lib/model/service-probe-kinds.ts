import type { DeclaredKind } from "./probe.ts";
import type { Service } from "./service.ts";

const ofEveryContainer = [
  "tcp",
  "dns-name",
  "log-line",
  "exec",
  "engine-healthy",
  "running",
  "custom",
] as const;

/** Which probe kinds each kind of service can be probed by, alone or as parts. */
export const probeKindsOf = {
  postgres: ["sql", "connections", ...ofEveryContainer],
  mysql: ["sql", "connections", ...ofEveryContainer],
  mongodb: ["ping", "mongodb-collection", ...ofEveryContainer],
  redis: ["ping", "redis-memory", "redis-latency", ...ofEveryContainer],
  clickhouse: ["sql", "clickhouse-query", ...ofEveryContainer],
  rabbitmq: ["amqp-connection", "amqp-queue", ...ofEveryContainer],
  kafka: ["kafka-brokers", "kafka-topic", ...ofEveryContainer],
  http: ["http", "websocket", "grpc-health", "s3-bucket", ...ofEveryContainer],
  container: ["grpc-health", "s3-bucket", "memcached-version", "smtp-greeting", ...ofEveryContainer],
  // The probes of a job run after its end, too: nothing runs in it then, and nothing listens.
  job: ["completed", "log-line", "dns-name", "custom"],
} as const satisfies Record<Service["kind"], readonly DeclaredKind[]>;

/** The probe kinds of a kind of service. */
export type KindsOf<S extends Service["kind"]> = (typeof probeKindsOf)[S][number];

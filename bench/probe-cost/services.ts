/** The services that are probed, by what they speak. */
export const serviceNames = [
  "server",
  "other",
  "postgres",
  "redis",
  "clickhouse",
  "mysql",
  "rabbitmq",
  "kafka",
  "mongodb",
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Where the server of the probes listens, in its container. */
export const ports = {
  http: 8080,
  grpc: 50_051,
  smtp: 2525,
  memcached: 11_211,
  kafka: 9092,
  mongodb: 27_017,
} as const;

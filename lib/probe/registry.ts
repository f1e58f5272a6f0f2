import type { ProbeKind } from "../model/probe.ts";
import type { Attempt } from "./probe-kind.ts";

/**
 * Every probe kind and the module that runs it. Modules are loaded when their kind is first used, so that
 * a stack without ClickHouse never loads ClickHouse's client.
 */
const modules: { readonly [K in ProbeKind]: () => Promise<Attempt<K>> } = {
  "postgres-query": async () => (await import("./postgres/query.ts")).postgresQuery,
  "postgres-connections": async () => (await import("./postgres/connections.ts")).postgresConnections,
  "mysql-query": async () => (await import("./mysql/query.ts")).mysqlQuery,
  "mysql-connections": async () => (await import("./mysql/connections.ts")).mysqlConnections,
  "redis-ping": async () => (await import("./redis/ping.ts")).redisPing,
  "redis-memory": async () => (await import("./redis/memory.ts")).redisMemory,
  "redis-latency": async () => (await import("./redis/latency.ts")).redisLatency,
  "clickhouse-query": async () => (await import("./clickhouse/query.ts")).clickhouseQuery,
  "mongodb-ping": async () => (await import("./mongodb/ping.ts")).mongodbPing,
  "mongodb-collection": async () => (await import("./mongodb/collection.ts")).mongodbCollection,
  "s3-bucket": async () => (await import("./s3/attempt.ts")).s3Bucket,
  "amqp-connection": async () => (await import("./amqp/connection.ts")).amqpConnection,
  "amqp-queue": async () => (await import("./amqp/queue.ts")).amqpQueue,
  "kafka-brokers": async () => (await import("./kafka/brokers.ts")).kafkaBrokers,
  "kafka-topic": async () => (await import("./kafka/topic.ts")).kafkaTopic,
  "memcached-version": async () => (await import("./memcached/attempt.ts")).memcached,
  "smtp-greeting": async () => (await import("./smtp/attempt.ts")).smtp,
  http: async () => (await import("./http/attempt.ts")).http,
  websocket: async () => (await import("./websocket/attempt.ts")).websocket,
  "grpc-health": async () => (await import("./grpc-health/attempt.ts")).grpcHealth,
  tcp: async () => (await import("./tcp/attempt.ts")).tcp,
  "dns-name": async () => (await import("./dns-name/attempt.ts")).dnsName,
  "log-line": async () => (await import("./log-line/attempt.ts")).logLine,
  exec: async () => (await import("./exec/attempt.ts")).exec,
  "engine-healthy": async () => (await import("./engine-healthy/attempt.ts")).engineHealthy,
  running: async () => (await import("./running/attempt.ts")).running,
  custom: async () => (await import("./custom/attempt.ts")).custom,
  completed: async () => (await import("./completed/attempt.ts")).completed,
};

/** Loads what runs an attempt of this kind. */
export function loadAttempt<K extends ProbeKind>(kind: K): Promise<Attempt<K>> {
  return modules[kind]();
}

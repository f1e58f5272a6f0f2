/** Every probe kind that is not put together of others, each a file of this folder. lib/probe/registry.ts says what runs them. */
import { amqpConnection, amqpQueue } from "./amqp.ts";
import { clickhouseQuery } from "./clickhouse.ts";
import { jobCompleted } from "./completed.ts";
import { customCode } from "./custom.ts";
import { dnsNameLookup } from "./dns-name.ts";
import { engineHealthcheck } from "./engine-healthy.ts";
import { commandInContainer } from "./exec.ts";
import { grpcHealthCheck } from "./grpc-health.ts";
import { httpRequest } from "./http.ts";
import { writtenLine } from "./log-line.ts";
import { kafkaBrokers, kafkaTopic } from "./kafka.ts";
import { memcachedVersion } from "./memcached.ts";
import { mongodbCollection, mongodbPing } from "./mongodb.ts";
import { mysqlConnections, mysqlQuery } from "./mysql.ts";
import { postgresConnections, postgresQuery } from "./postgres.ts";
import { redisLatency, redisMemory, redisPing } from "./redis.ts";
import { runningFor } from "./running.ts";
import { s3Bucket } from "./s3.ts";
import { smtpGreeting } from "./smtp.ts";
import { tcpConnection } from "./tcp.ts";
import { websocket } from "./websocket.ts";

export const probeKinds = {
  "postgres-query": postgresQuery,
  "postgres-connections": postgresConnections,
  "mysql-query": mysqlQuery,
  "mysql-connections": mysqlConnections,
  "redis-ping": redisPing,
  "redis-memory": redisMemory,
  "redis-latency": redisLatency,
  "clickhouse-query": clickhouseQuery,
  "mongodb-ping": mongodbPing,
  "mongodb-collection": mongodbCollection,
  "s3-bucket": s3Bucket,
  "amqp-connection": amqpConnection,
  "amqp-queue": amqpQueue,
  "kafka-brokers": kafkaBrokers,
  "kafka-topic": kafkaTopic,
  "memcached-version": memcachedVersion,
  "smtp-greeting": smtpGreeting,
  http: httpRequest,
  websocket,
  "grpc-health": grpcHealthCheck,
  tcp: tcpConnection,
  "dns-name": dnsNameLookup,
  "log-line": writtenLine,
  exec: commandInContainer,
  "engine-healthy": engineHealthcheck,
  custom: customCode,
  running: runningFor,
  completed: jobCompleted,
};

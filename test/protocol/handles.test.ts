import { expect, test } from "vitest";
import { deafServer } from "../support/deaf-server.ts";
import { probeEverything } from "../support/ends-by-itself.ts";
import { hang, listen, reset } from "../support/loopback.ts";

/** Of this file alone: on the usual address another test's name server may have a port of the same number. */
const ours = "127.0.0.2";

test(
  "attempts of every kind leave no handle behind, however the server behaves",
  { timeout: 60_000 },
  async () => {
    await using silent = await listen(hang, ours);
    await using resetting = await listen(reset, ours);
    const { lines, ended } = await probeEverything(
      [silent, resetting].map(({ host, port }) => `${host}:${port}`),
    );
    expect(lines).toEqual([
      "postgres sql: failed, timeout: no answer from server:1 within 300ms while logging in",
      "postgres connections: failed, timeout: no answer from server:1 within 300ms while opening 5 connections, with 0 open",
      "mysql sql: failed, timeout: no answer from server:1 within 300ms while logging in",
      "mysql connections: failed, timeout: no answer from server:1 within 300ms while opening 5 connections, with 0 open",
      "redis ping: failed, timeout: no answer from server:1 within 300ms while waiting for the answer",
      "redis redis-memory: failed, timeout: no answer from server:1 within 300ms while waiting for the answer",
      "redis redis-latency: failed, timeout: no answer from server:1 within 300ms while waiting for the answer",
      "clickhouse clickhouse-query: failed, timeout: no answer from server:1 within 300ms while waiting for the query's result",
      "amqp amqp-connection: failed, timeout: no answer from server:1 within 300ms while waiting for the broker",
      "mongodb ping: failed, timeout: no answer from server:1 within 300ms while connecting",
      "mongodb mongodb-collection: failed, timeout: no answer from server:1 within 300ms while connecting",
      "kafka kafka-brokers: failed, timeout: no answer from server:1 within 300ms while logging in",
      "kafka kafka-topic: failed, timeout: no answer from server:1 within 300ms while waiting for the cluster's metadata",
      "mongodb ping: failed, timeout: no answer from server:1 within 300ms while opening the TLS connection",
      "http memcached-version: failed, timeout: no answer from server:1 within 300ms while waiting for the answer",
      "http smtp-greeting: failed, timeout: no answer from server:1 within 300ms while waiting for the greeting",
      "http http: failed, timeout: no answer from server:1 within 300ms while waiting for the response",
      "http s3-bucket: failed, timeout: no answer from server:1 within 300ms while waiting for the answer",
      "http websocket: failed, timeout: no answer from server:1 within 300ms while waiting for the WebSocket handshake",
      "http tcp: passed",
      "http grpc-health: failed, timeout: no answer from server:1 within 300ms while opening the HTTP/2 connection",
      "http dns-name: failed, dns: the name netra.internal cannot be looked up now: nothing listens where the name server should be",
      "http custom: failed, timeout: no answer from test/probes/queue-depth.ts within 300ms while asking for the queue's depth",
      "postgres sql: failed, reset: connection closed by server:1 while logging in",
      "postgres connections: failed, reset: connection closed by server:1 while opening 5 connections, with 0 open",
      "mysql sql: failed, timeout: no answer from server:1 within 300ms while logging in",
      "mysql connections: failed, timeout: no answer from server:1 within 300ms while opening 5 connections, with 0 open",
      "redis ping: failed, reset: connection closed by server:1 while waiting for the answer",
      "redis redis-memory: failed, reset: connection closed by server:1 while waiting for the answer",
      "redis redis-latency: failed, reset: connection closed by server:1 while waiting for the answer",
      "clickhouse clickhouse-query: failed, reset: connection closed by server:1 while waiting for the query's result",
      "amqp amqp-connection: failed, reset: connection closed by server:1 while waiting for the broker",
      "mongodb ping: failed, reset: connection closed by server:1 while connecting",
      "mongodb mongodb-collection: failed, reset: connection closed by server:1 while connecting",
      "kafka kafka-brokers: failed, reset: connection closed by server:1 while logging in",
      "kafka kafka-topic: failed, reset: connection closed by server:1 while waiting for the cluster's metadata (so does a listener that wants a log-in: user and password)",
      "mongodb ping: failed, reset: connection closed by server:1 while opening the TLS connection",
      "http memcached-version: failed, reset: connection closed by server:1 while waiting for the answer",
      "http smtp-greeting: failed, timeout: no answer from server:1 within 300ms while waiting for the greeting",
      "http http: failed, reset: connection closed by server:1 while waiting for the response",
      "http s3-bucket: failed, reset: connection closed by server:1 while waiting for the answer",
      "http websocket: failed, reset: connection closed by server:1 while waiting for the WebSocket handshake",
      "http tcp: passed",
      "http grpc-health: failed, reset: connection closed by server:1 while opening the HTTP/2 connection",
      "http dns-name: failed, dns: the name netra.internal cannot be looked up now: nothing listens where the name server should be",
      "http custom: unknown, prober: fetch failed",
      "done",
    ]);
    expect(ended).toBe(true);
  },
);

test("attempts of every kind give up a connection that never stands", { timeout: 60_000 }, async () => {
  await using deaf = await deafServer(ours);
  const { lines, ended } = await probeEverything([`${deaf.host}:${deaf.port}`]);
  const connecting = "failed, timeout: no answer from server:1 within 300ms while connecting";
  expect(lines).toEqual([
    `postgres sql: ${connecting}`,
    "postgres connections: failed, timeout: no answer from server:1 within 300ms while opening 5 connections, with 0 open",
    `mysql sql: ${connecting}`,
    "mysql connections: failed, timeout: no answer from server:1 within 300ms while opening 5 connections, with 0 open",
    `redis ping: ${connecting}`,
    `redis redis-memory: ${connecting}`,
    `redis redis-latency: ${connecting}`,
    `clickhouse clickhouse-query: ${connecting}`,
    `amqp amqp-connection: ${connecting}`,
    `mongodb ping: ${connecting}`,
    `mongodb mongodb-collection: ${connecting}`,
    `kafka kafka-brokers: ${connecting}`,
    `kafka kafka-topic: ${connecting}`,
    `mongodb ping: ${connecting}`,
    `http memcached-version: ${connecting}`,
    `http smtp-greeting: ${connecting}`,
    `http http: ${connecting}`,
    `http s3-bucket: ${connecting}`,
    `http websocket: ${connecting}`,
    `http tcp: ${connecting}`,
    `http grpc-health: ${connecting}`,
    "http dns-name: failed, dns: the name netra.internal cannot be looked up now: nothing listens where the name server should be",
    "http custom: failed, timeout: no answer from test/probes/queue-depth.ts within 300ms while asking for the queue's depth",
    "done",
  ]);
  expect(ended).toBe(true);
});

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
      "postgres-query: failed, timeout: no answer from server:1 within 300ms while logging in",
      "postgres-connections: failed, timeout: no answer from server:1 within 300ms while opening 5 connections, with 0 open",
      "redis-ping: failed, timeout: no answer from server:1 within 300ms while waiting for the answer",
      "redis-memory: failed, timeout: no answer from server:1 within 300ms while waiting for the answer",
      "redis-latency: failed, timeout: no answer from server:1 within 300ms while waiting for the answer",
      "clickhouse-query: failed, timeout: no answer from server:1 within 300ms while waiting for the query's result",
      "http: failed, timeout: no answer from server:1 within 300ms while waiting for the response",
      "websocket: failed, timeout: no answer from server:1 within 300ms while waiting for the WebSocket handshake",
      "tcp: passed",
      "grpc-health: failed, timeout: no answer from server:1 within 300ms while opening the HTTP/2 connection",
      "dns-name: failed, dns: the name netra.internal cannot be looked up now: nothing listens where the name server should be",
      "custom: failed, timeout: no answer from test/probes/queue-depth.ts within 300ms while asking for the queue's depth",
      "postgres-query: failed, reset: connection closed by server:1 while logging in",
      "postgres-connections: failed, reset: connection closed by server:1 while opening 5 connections, with 0 open",
      "redis-ping: failed, reset: connection closed by server:1 while waiting for the answer",
      "redis-memory: failed, reset: connection closed by server:1 while waiting for the answer",
      "redis-latency: failed, reset: connection closed by server:1 while waiting for the answer",
      "clickhouse-query: failed, reset: connection closed by server:1 while waiting for the query's result",
      "http: failed, reset: connection closed by server:1 while waiting for the response",
      "websocket: failed, reset: connection closed by server:1 while waiting for the WebSocket handshake",
      "tcp: passed",
      "grpc-health: failed, reset: connection closed by server:1 while opening the HTTP/2 connection",
      "dns-name: failed, dns: the name netra.internal cannot be looked up now: nothing listens where the name server should be",
      "custom: unknown, prober: fetch failed",
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
    `postgres-query: ${connecting}`,
    "postgres-connections: failed, timeout: no answer from server:1 within 300ms while opening 5 connections, with 0 open",
    `redis-ping: ${connecting}`,
    `redis-memory: ${connecting}`,
    `redis-latency: ${connecting}`,
    `clickhouse-query: ${connecting}`,
    `http: ${connecting}`,
    `websocket: ${connecting}`,
    `tcp: ${connecting}`,
    `grpc-health: ${connecting}`,
    "dns-name: failed, dns: the name netra.internal cannot be looked up now: nothing listens where the name server should be",
    "custom: failed, timeout: no answer from test/probes/queue-depth.ts within 300ms while asking for the queue's depth",
    "done",
  ]);
  expect(ended).toBe(true);
});

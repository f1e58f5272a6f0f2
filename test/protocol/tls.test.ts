import type { Socket } from "node:net";
import { createServer } from "node:tls";
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../lib/model/endpoint.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import {
  amqp,
  bucket,
  connections,
  get,
  grpcHealth,
  latency,
  memcached,
  memory,
  ping,
  query,
  sql,
  webSocket,
} from "../../lib/model/probes.ts";
import { attempt, nothingOpen, reportOf } from "../support/attempt.ts";
import type { Loopback } from "../support/loopback.ts";
import { listen, watch } from "../support/loopback.ts";

type ProbeAt = (at: { readonly host: string; readonly port: number }) => readonly [DeclaredProbe, Endpoint];

const timeout = { timeout: "5s" } as const;
const account = { user: "netra", database: "netra", password: [{ secret: "password" }] } as const;
const http: (probe: DeclaredProbe) => ProbeAt =
  (probe) =>
  ({ host, port }) => [probe, { protocol: "http", host, port }];
const database: (protocol: "postgres" | "clickhouse", probe: DeclaredProbe) => ProbeAt =
  (protocol, probe) =>
  ({ host, port }) => [probe, { protocol, host, port, ...account }];
const redis: (probe: DeclaredProbe, password?: typeof account.password) => ProbeAt =
  (probe, password) =>
  ({ host, port }) => [probe, { protocol: "redis", host, port, ...(password && { password }) }];

const requested: readonly (readonly [string, ProbeAt])[] = [
  ["HTTP", http(get("/health", timeout))],
  ["HTTP with JSON", http(get("/health", { json: { ready: true }, ...timeout }))],
  ["WebSocket", http(webSocket("/live", timeout))],
  ["gRPC", ({ host, port }) => [grpcHealth({ port, ...timeout }), { protocol: "http", host, port }]],
  ["PostgreSQL", database("postgres", sql("SELECT 1", timeout))],
  ["connections of PostgreSQL", database("postgres", connections(5, timeout))],
  ["Redis", redis(ping(timeout))],
  ["Redis with a password", redis(ping(timeout), account.password)],
  ["Redis' memory", redis(memory({ under: 0.9, ...timeout }))],
  ["Redis' speed", redis(latency({ under: "1s", samples: 5, ...timeout }))],
  ["ClickHouse", database("clickhouse", query("SELECT 1", timeout))],
  ["MongoDB", ({ host, port }) => [ping(timeout), { protocol: "mongodb", host, port, database: "netra" }]],
  ["AMQP", ({ host, port }) => [amqp(timeout), { protocol: "amqp", host, port, ...account, vhost: "/" }]],
  ["memcached", ({ host, port }) => [memcached({ port, ...timeout }), { protocol: "tcp", host, port }]],
  [
    "S3",
    ({ host, port }) => [
      bucket("uploads", { port, accessKeyId: "shop", secretAccessKey: { secret: "password" }, ...timeout }),
      { protocol: "tcp", host, port },
    ],
  ],
];

async function reported(server: Loopback, ask: ProbeAt): Promise<string> {
  const outcome = await attempt(...ask(server));
  expect(await nothingOpen(server)).toBe(true);
  return reportOf(outcome, server);
}

/** Answers a TLS handshake with an alert, and other bytes as given. */
const alerting =
  (alert: number, otherwise: (socket: Socket) => void) =>
  (socket: Socket): void =>
    void socket.once("data", (data) => {
      if (data[0] === 0x16) socket.end(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, alert]));
      else otherwise(socket);
    });
const handshakeFailure = 40;
const noApplicationProtocol = 120;

const cause = "failed, protocol, permanent: server:1 speaks TLS, and was probed in plain text";

describe.each(requested)("%s at a server that speaks TLS", (_name, ask) => {
  test("and closes the connection without a word, as OpenSSL does", async () => {
    // Without a certificate, it refuses a handshake in TLS, and is known by that.
    await using server = await watch(createServer());
    expect(await reported(server, ask)).toBe(cause);
  });

  test("and answers with an alert, as Go does", async () => {
    const alert = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46]);
    await using server = await listen(alerting(handshakeFailure, (socket) => socket.end(alert)));
    expect(await reported(server, ask)).toBe(cause);
  });
});

test.each(requested.slice(0, 3))(
  "%s at a server that answers with 400 in plain text, as nginx does",
  async (_name, ask) => {
    const answer = "The plain HTTP request was sent to HTTPS port";
    await using server = await listen(
      alerting(handshakeFailure, (socket) =>
        socket.end(
          `HTTP/1.1 400 Bad Request\r\nContent-Length: ${answer.length}\r\nConnection: close\r\n\r\n${answer}`,
        ),
      ),
    );
    expect(await reported(server, ask)).toBe(cause);
  },
);

test("a PostgreSQL that speaks TLS as well, and ends the connection, is not taken for one that speaks TLS alone", async () => {
  await using server = await listen(alerting(noApplicationProtocol, (socket) => socket.end()));
  expect(await reported(server, database("postgres", sql("SELECT 1", timeout)))).toBe(
    "failed, reset: connection closed by server:1 while logging in",
  );
});

test("a server that says nothing to a handshake is not waited for", async () => {
  await using server = await listen((socket) =>
    socket.once("data", (data) => data[0] === 0x16 || socket.end()),
  );
  expect(await reported(server, redis(ping(timeout)))).toBe(
    "failed, reset: connection closed by server:1 while waiting for the answer",
  );
});

/**
 * Run as a program, with addresses as its arguments: attempts every kind of probe against each of them, and
 * prints the outcomes. It ends by itself, or an attempt has left a handle behind.
 */
import { systemClock } from "../../lib/core/clock.ts";
import type { Endpoint } from "../../lib/model/endpoint.ts";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import {
  amqp,
  brokers,
  bucket,
  collection,
  connections,
  custom,
  dnsName,
  get,
  grpcHealth,
  latency,
  memcached,
  memory,
  ping,
  query,
  smtp,
  sql,
  tcp,
  topic,
  webSocket,
} from "../../lib/model/probes.ts";
import { attempt, reportOf } from "./attempt.ts";

const timeout = "300ms";

function everything(host: string, port: number): [DeclaredProbe, Endpoint][] {
  const at = { host, port };
  const account = { ...at, user: "netra", database: "netra", password: "unused" };
  const postgres = { protocol: "postgres", ...account } as const;
  const keys = { accessKeyId: "netra", secretAccessKey: { secret: "password" } };
  const mysql = { protocol: "mysql", ...account } as const;
  const redis = { protocol: "redis", ...at } as const;
  const http = { protocol: "http", ...at } as const;
  return [
    [sql("SELECT 1", { timeout }), postgres],
    [connections(5, { timeout }), postgres],
    [sql("SELECT 1", { timeout }), mysql],
    [connections(5, { timeout }), mysql],
    [ping({ timeout }), redis],
    [memory({ under: 0.9, timeout }), redis],
    [latency({ under: "5ms", samples: 5, timeout }), redis],
    [query("SELECT 1", { timeout }), { protocol: "clickhouse", ...account }],
    [amqp({ timeout }), { protocol: "amqp", ...at, user: "netra", password: "unused", vhost: "/" }],
    [ping({ timeout }), { protocol: "mongodb", ...at, database: "netra" }],
    [collection("orders", { timeout }), { protocol: "mongodb", ...account }],
    [brokers({ timeout }), { protocol: "kafka", ...account, mechanism: "SCRAM-SHA-512" }],
    [topic("orders", { timeout }), { protocol: "kafka", ...at }],
    [ping({ timeout }), { protocol: "mongodb", ...at, database: "netra", tls: {} }],
    [memcached({ port, timeout }), http],
    [smtp({ port, timeout }), http],
    [get("/", { timeout }), http],
    // After what loads the same client, which takes a while.
    [bucket("uploads", { port, timeout, ...keys }), http],
    [webSocket("/", { timeout }), http],
    [tcp(port, { timeout }), http],
    [grpcHealth({ port, timeout }), http],
    [dnsName("netra.internal", { server: `${host}:${port}`, timeout }), http],
    [
      custom("test/probes/queue-depth.ts", {
        with: { under: 1 },
        secrets: { token: { secret: "password" } },
        timeout,
      }),
      http,
    ],
  ];
}

for (const address of process.argv.slice(2)) {
  const { hostname, port } = new URL(`http://${address}`);
  for (const [probe, endpoint] of everything(hostname, Number(port))) {
    const outcome = await attempt(probe, endpoint, {}, hostname);
    // A socket that was closed is let go of in the next rounds of the event loop.
    await systemClock.sleep(20);
    const left = process.getActiveResourcesInfo().filter((resource) => resource.startsWith("TCP"));
    const leak = left.length === 0 ? "" : ` (left behind: ${left.join(", ")})`;
    console.log(`${endpoint.protocol} ${probe.kind}: ${reportOf(outcome, endpoint)}${leak}`);
  }
}
console.log("done");

/** Every kind of probe, each against a service that answers it. */
import {
  amqp,
  brokers,
  bucket,
  collection,
  connections,
  custom,
  dnsName,
  engineHealthy,
  exec,
  get,
  grpcHealth,
  latency,
  logLine,
  memcached,
  memory,
  ping,
  query,
  running,
  secret,
  smtp,
  sql,
  tcp,
  topic,
  webSocket,
} from "phasegate";
import type { DeclaredProbe } from "../../lib/model/probe.ts";
import type { ServiceName } from "./services.ts";
import { ports } from "./services.ts";

/** Asks an HTTP server whether it answers 200, with what every image of Debian has: what stands for `curl -f` where there is none. */
export const asksHttp = [
  "bash",
  "-c",
  `exec 3<>/dev/tcp/127.0.0.1/${ports.http} && printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3 && head -n 1 <&3 | grep -q " 200 "`,
] as const;

/** A kind of probe, as it is measured. */
export interface MeasuredKind {
  readonly service: ServiceName;
  /** What an attempt does, in words. */
  readonly does: string;
  readonly probe: () => DeclaredProbe;
}

const level = "basic";
const store = { accessKeyId: "bench", secretAccessKey: secret("password") } as const;

const kind = (service: ServiceName, does: string, probe: () => DeclaredProbe): MeasuredKind => ({
  ...{ service, does, probe },
});

/**
 * By the kind's name. That of a job's end is not among them: once a job has ended it is not probed again.
 * A queue of RabbitMQ would have to be declared by somebody.
 */
export const kinds: Readonly<Record<string, MeasuredKind>> = {
  tcp: kind("server", "a connection", () => tcp(ports.http, { level })),
  http: kind("server", "a request, its JSON compared", () => get("/", { json: { ready: true }, level })),
  websocket: kind("server", "the upgrade, a message and its answer", () =>
    webSocket("/", { send: "ping", expect: "pong", level }),
  ),
  "grpc-health": kind("server", "a call of the standard's `Check`", () =>
    grpcHealth({ port: ports.grpc, level }),
  ),
  "s3-bucket": kind("server", "a signed request, its XML read", () =>
    bucket("uploads", { ...store, port: ports.http, level }),
  ),
  "dns-name": kind("server", "a question to the network's name server", () => dnsName("server", { level })),
  custom: kind("server", "a module of the project's own, which calls `fetch()`", () =>
    custom("bench/probe-cost/custom-probe.ts", { level }),
  ),
  "smtp-greeting": kind("other", "greeting, EHLO, QUIT", () => smtp({ port: ports.smtp, level })),
  "memcached-version": kind("other", "`version`", () => memcached({ port: ports.memcached, level })),
  "postgres-query": kind("postgres", "log-in, `SELECT 1`", () => sql("SELECT 1", { level })),
  "postgres-connections": kind("postgres", "five log-ins", () => connections(5, { level })),
  "mysql-query": kind("mysql", "log-in, `SELECT 1`", () => sql("SELECT 1", { level })),
  "mysql-connections": kind("mysql", "five log-ins", () => connections(5, { level })),
  "redis-ping": kind("redis", "log-in, `PING`", () => ping({ level })),
  "redis-memory": kind("redis", "log-in, `INFO memory`", () => memory({ under: 0.9, level })),
  "redis-latency": kind("redis", "log-in, ten times `PING`", () =>
    latency({ under: "100ms", samples: 10, level }),
  ),
  "clickhouse-query": kind("clickhouse", "`SELECT 1`", () => query("SELECT 1", { level })),
  "amqp-connection": kind("rabbitmq", "log-in, the virtual host opened", () => amqp({ level })),
  "kafka-brokers": kind("kafka", "the cluster's metadata, and each broker's address", () =>
    brokers({ level }),
  ),
  "kafka-topic": kind("kafka", "a topic's metadata", () => topic("orders", { level })),
  "mongodb-ping": kind("mongodb", "the handshake, `ping`", () => ping({ level })),
  "mongodb-collection": kind("mongodb", "the handshake, `listCollections`", () =>
    collection("orders", { level }),
  ),
  running: kind("server", "the container's state, which the engine's events keep", () =>
    running({ for: "100ms", level }),
  ),
  "engine-healthy": kind("server", "the same, and what the engine's own check has found", () =>
    engineHealthy({ level }),
  ),
  "log-line": kind("server", "a line of the container's output, which is followed", () =>
    logLine("all ports are open", { level }),
  ),
  exec: kind("server", "a command in the container: the health check's own", () => exec(asksHttp, { level })),
};

import { patternText } from "../model/pattern.ts";
import type { Probe } from "../model/probe.ts";
import { excerpt } from "./excerpt.ts";

/** What a probe asks, in a few words that can stand for it in a sentence: "GET /health", "the query SELECT 1". */
export function describeProbe(probe: Probe): string {
  switch (probe.kind) {
    case "postgres-query":
    case "clickhouse-query":
      return `the query ${excerpt(probe.statement, 60)}`;
    case "postgres-connections":
      return `${probe.count} connections`;
    case "redis-ping":
      return "PING";
    case "redis-memory":
      return "the memory in use";
    case "redis-latency":
      return "the speed of PING";
    case "http":
      return `${probe.method} ${excerpt(probe.path, 60)}`;
    case "websocket":
      return `the WebSocket ${excerpt(probe.path, 60)}`;
    case "grpc-health":
      return `gRPC health${probe.service === "" ? "" : ` of ${excerpt(probe.service, 60)}`} on port ${probe.port}`;
    case "tcp":
      return `TCP port ${probe.port}`;
    case "dns-name":
      return `the name ${excerpt(probe.name, 60)}`;
    case "log-line":
      return `the log line ${excerpt(patternText(probe.pattern), 60)}`;
    case "exec":
      return `the command ${excerpt(probe.command.join(" "), 60)}`;
    case "engine-healthy":
      return "the engine's health check";
    case "running":
      return `running for ${probe.for}`;
    case "custom":
      return probe.module;
    case "completed":
      return "completion";
    case "all":
      return `all of (${probe.parts.map(describeProbe).join(", ")})`;
    case "any":
      return `any of (${probe.parts.map(describeProbe).join(", ")})`;
    case "not":
      return `not (${describeProbe(probe.part)})`;
  }
}

import { describe, expect, test } from "vitest";
import { all, any, not } from "../../../lib/model/composites.ts";
import { get, query, sql, tcp } from "../../../lib/model/probes.ts";
import { probeKinds } from "../../../lib/model/probe-kinds/registry.ts";
import type { Probe, ProbeKind } from "../../../lib/model/probe.ts";
import { resolveProbe } from "../../../lib/model/resolve-probe.ts";
import type { CauseCode } from "../../../lib/probe/outcome.ts";
import { causeOf } from "../../../lib/probe/outcome.ts";
import { consequenceOf } from "../../../lib/supervision/monitor-policy.ts";

const rows = sql("SELECT 1");
const cases: [string, Parameters<typeof resolveProbe>[0], CauseCode, "restart" | "report"][] = [
  ["a measurement", get("/"), "slow", "report"],
  ["an application's status", get("/"), "status", "restart"],
  ["a database that answers wrongly", rows, "rows", "report"],
  ["a database that does not answer", rows, "refused", "restart"],
  ["several of databases, wrong in one", all([rows, query("SELECT 1")]), "rows", "report"],
  [
    "several of databases, in one of which nothing listens",
    any([rows, query("SELECT 1")]),
    "refused",
    "restart",
  ],
  ["what a database must not have", not(rows), "unwanted", "restart"],
  ["several, of which not all are of databases", all([rows, tcp(5432)]), "rows", "restart"],
  ["what says for itself", sql("SELECT 1", { whenFailing: "restart" }), "rows", "restart"],
];

/** What answers an error of its own: which kinds ask what keeps data, whose errors no restart mends. A new kind is judged here. */
const asStore: Readonly<Record<ProbeKind, boolean>> = {
  "postgres-query": true,
  "postgres-connections": true,
  "mysql-query": true,
  "mysql-connections": true,
  "redis-ping": true,
  "redis-memory": true,
  "redis-latency": true,
  "clickhouse-query": true,
  "mongodb-ping": true,
  "mongodb-collection": true,
  "s3-bucket": true,
  "amqp-connection": true,
  "amqp-queue": true,
  "kafka-brokers": true,
  "kafka-topic": true,
  "memcached-version": true,
  "smtp-greeting": true,
  http: false,
  websocket: false,
  "grpc-health": false,
  tcp: false,
  "dns-name": false,
  "log-line": false,
  exec: false,
  "engine-healthy": false,
  custom: false,
  running: false,
  completed: false,
};

test.for(Object.entries(asStore))(
  "what a %s is answered wrongly: a matter of the data is %s",
  ([kind, store]) => {
    const probe = { kind } as Probe;
    for (const code of ["server", "rows", "authentication", "account"] as const)
      expect(consequenceOf(probe, causeOf(code, "it fails")), code).toBe(store ? "report" : "restart");
    expect(consequenceOf(probe, causeOf("refused", "it fails"))).toBe("restart");
    expect(consequenceOf(probe, causeOf("certificateExpired", "it fails"))).toBe("report");
  },
);

test("every kind is judged", () => {
  expect(Object.keys(asStore).sort()).toEqual(Object.keys(probeKinds).sort());
});

describe("what is done about a probe that fails", () => {
  test.each(cases)("%s", (_, declared, code, expected) => {
    expect(consequenceOf(resolveProbe(declared), causeOf(code, "it fails"))).toBe(expected);
  });
});

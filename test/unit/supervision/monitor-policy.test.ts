import { describe, expect, test } from "vitest";
import { all, any, not } from "../../../lib/model/composites.ts";
import { get, query, sql, tcp } from "../../../lib/model/probes.ts";
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

describe("what is done about a probe that fails", () => {
  test.each(cases)("%s", (_, declared, code, expected) => {
    expect(consequenceOf(resolveProbe(declared), causeOf(code, "it fails"))).toBe(expected);
  });
});

import { expect, test } from "vitest";
import { parseReference, standInName } from "../../../tools/setup/image-reference.mjs";

test.each([
  ["postgres:17", "phasegate-stand-in/postgres:17"],
  ["clickhouse/clickhouse-server:24", "phasegate-stand-in/clickhouse-server:24"],
  ["registry.example:5000/team/redis:7", "phasegate-stand-in/redis:7"],
  ["node", "phasegate-stand-in/node:latest"],
])("the stand-in for %s is %s", (reference, standIn) => {
  expect(standInName(reference)).toBe(standIn);
});

test("a digest is told from a tag", () => {
  expect(parseReference("postgres:17@sha256:0123")).toEqual({
    name: "postgres",
    tag: "17",
    digest: "sha256:0123",
  });
});

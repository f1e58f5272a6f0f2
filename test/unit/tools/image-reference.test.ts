import { expect, test } from "vitest";
import { parseReference } from "../../../tools/setup/image-reference.ts";

test.each([
  ["postgres:17", { name: "postgres", tag: "17", digest: undefined }],
  ["clickhouse/clickhouse-server:24", { name: "clickhouse-server", tag: "24", digest: undefined }],
  ["registry.example:5000/team/redis:7", { name: "redis", tag: "7", digest: undefined }],
  ["node", { name: "node", tag: "latest", digest: undefined }],
  ["postgres:17@sha256:0123", { name: "postgres", tag: "17", digest: "sha256:0123" }],
])("%s is taken apart", (reference, parts) => {
  expect(parseReference(reference)).toEqual(parts);
});

import { expect, test } from "vitest";
import { imageReferenceSchema } from "../../../lib/model/image-reference.ts";

test.for([
  "redis",
  "redis:7",
  "clickhouse/clickhouse-server:24",
  "localhost:5000/shop/api:1.2.3-rc.1",
  "ghcr.io/shop/api@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  "registry.example/a__b/c-d.e:latest@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  "[::1]:5000/api",
])("%s is a reference", (reference) => {
  expect(imageReferenceSchema.safeParse(reference).success).toBe(true);
});

test.for([
  "",
  " ",
  "redis: 7",
  "redis:",
  "Redis:7",
  ":7",
  "redis:7:8",
  "/redis",
  "redis/",
  "redis@7",
  "a//b",
  "redis 7",
  "http://redis",
])("%j is none", (text) => {
  expect(imageReferenceSchema.safeParse(text).success).toBe(false);
});

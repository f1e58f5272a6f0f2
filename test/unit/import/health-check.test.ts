import { expect, test } from "vitest";
import { readHealthCheck } from "../../../lib/import/translate/health-check.ts";

type Kind = "postgres" | "redis" | "clickhouse";
const probeOf = (test: string | string[], kind?: Kind) =>
  readHealthCheck({ healthcheck: { test } }, { name: "web", kind })?.probe;

const http = { kind: "http", method: "GET", headers: {} } as const;
const failing = "curl --fail passes on every status below 400";
const wget = "wget passes on every 2xx, and follows redirects";

test.for([
  ["pg_isready -U app", "postgres", { kind: "sql", statement: "SELECT 1" }],
  ["pg_isready -h localhost || exit 1", "postgres", { kind: "sql", statement: "SELECT 1" }],
  ["/usr/bin/psql -U app --command='SELECT 2'", "postgres", { kind: "sql", statement: "SELECT 2" }],
  ["redis-cli ping | grep PONG", "redis", { kind: "ping" }],
  ["valkey-cli --raw incr ping", "redis", { kind: "ping" }],
  ["clickhouse-client -q 'SELECT 3'", "clickhouse", { kind: "query", statement: "SELECT 3" }],
  ["wget --spider -q localhost:8123/ping", "clickhouse", { kind: "query", statement: "SELECT 1" }],
  [
    "curl -f http://localhost:8080/health",
    undefined,
    { ...http, port: 8080, path: "/health", accepts: failing },
  ],
  ["curl -sf localhost", undefined, { ...http, port: 80, path: "/", accepts: failing }],
  [
    "curl http://web:81?x=1 >/dev/null 2>&1 || exit 1",
    undefined,
    { ...http, port: 81, path: "/?x=1", accepts: "curl without --fail passes on every answer" },
  ],
  ["wget -qO- http://127.0.0.1:3000/a", undefined, { ...http, port: 3000, path: "/a", accepts: wget }],
  [
    "wget --spider --proxy=off localhost:3000/a",
    undefined,
    { ...http, port: 3000, path: "/a", accepts: wget },
  ],
  [
    "curl -f --noproxy '*' http://localhost:3000/a",
    undefined,
    { ...http, port: 3000, path: "/a", accepts: failing },
  ],
  ["wget -q -O /dev/null http://[::1]:3000/a", undefined, { ...http, port: 3000, path: "/a", accepts: wget }],
  [
    "curl --fail -X POST -H 'X-A: b' http://0.0.0.0:1/",
    undefined,
    { ...http, method: "POST", port: 1, path: "/", headers: { "X-A": "b" }, accepts: failing },
  ],
  ["grpc_health_probe -addr=:50051", undefined, { kind: "grpc", port: 50051, service: undefined }],
  [
    "grpc_health_probe -addr=localhost:1 -service=shop.Orders -connect-timeout=1s",
    undefined,
    { kind: "grpc", port: 1, service: "shop.Orders" },
  ],
  ["nc -z 127.0.0.1 25", undefined, { kind: "tcp", port: 25 }],
] as const)("%s", ([check, kind, probe]) => {
  expect(probeOf(check, kind)).toEqual(probe);
});

test("the same in the forms of a list", () => {
  expect(probeOf(["CMD", "redis-cli", "ping"], "redis")).toEqual({ kind: "ping" });
  expect(probeOf(["CMD-SHELL", "redis-cli ping"], "redis")).toEqual({ kind: "ping" });
  expect(probeOf(["CMD", "sh", "-c", "redis-cli ping"], "redis")).toEqual({ kind: "ping" });
});

test.for([
  ["pg_isready", undefined],
  ["redis-cli get x", "redis"],
  ['psql -c "SELECT $$N"', "postgres"],
  ["curl -f https://localhost/", undefined],
  ["curl -f http://other:80/", undefined],
  ["curl -f http://localhost/ http://localhost/b", undefined],
  ["curl -f -u a:b http://localhost/", undefined],
  ["curl -f -H 'Authorization: Bearer x' http://localhost/", undefined],
  ["curl -f --data x http://localhost/", undefined],
  ["curl -f -X DELETE http://localhost/", undefined],
  ["curl -f http://localhost/$$PATH", undefined],
  ["curl -f http://localhost/ && test -f /x", undefined],
  ["curl -s http://localhost/ | grep -q up", undefined],
  ["nc -z db 5432", undefined],
  ["grpc_health_probe -addr=:1 -tls", undefined],
  ["grpc_health_probe -addr=db:1", undefined],
  ["./check.sh", undefined],
  ["echo 'not closed", undefined],
] as const)("%s is not known", ([check, kind]) => {
  expect(readHealthCheck({ healthcheck: { test: check } }, { name: "web", kind })).toEqual({
    command: ["CMD-SHELL", check],
  });
});

test.for([[["NONE"]], [[]]])("%j is no check", ([test]) => {
  expect(
    readHealthCheck({ healthcheck: { test: test ?? [] } }, { name: "web", kind: undefined }),
  ).toBeUndefined();
});

test("nor is one that is switched off", () => {
  const healthcheck = { test: "true", disable: true };
  expect(readHealthCheck({ healthcheck }, { name: "web", kind: undefined })).toBeUndefined();
});

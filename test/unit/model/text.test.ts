import { expect, test } from "vitest";
import { endpointUrl } from "../../../lib/model/endpoint.ts";
import { fillText, secretsIn } from "../../../lib/model/text.ts";

const password = [{ secret: "password" }];
const secrets = { password: "p@ss/word" };

test.for([
  [
    "postgres://app:p%40ss%2Fword@db:5432/app",
    { protocol: "postgres", host: "db", port: 5432, user: "app", database: "app", password },
  ],
  ["redis://:p%40ss%2Fword@cache:6379", { protocol: "redis", host: "cache", port: 6379, password }],
  ["redis://cache:6379", { protocol: "redis", host: "cache", port: 6379 }],
  [
    "http://app:p%40ss%2Fword@ch:8123/app",
    { protocol: "clickhouse", host: "ch", port: 8123, user: "app", database: "app", password },
  ],
  ["http://api:80", { protocol: "http", host: "api", port: 80 }],
  ["tcp://queue:5672", { protocol: "tcp", host: "queue", port: 5672 }],
] as const)("%s", ([url, endpoint]) => {
  expect(fillText(endpointUrl(endpoint), secrets)).toBe(url);
});

test("a client's own scheme and path take the place of the protocol's", () => {
  const postgres = {
    protocol: "postgres",
    host: "db",
    port: 5432,
    user: "app",
    database: "app",
    password,
  } as const;
  const parts = { scheme: "postgresql+asyncpg", path: "/other?ssl=off" } as const;
  expect(fillText(endpointUrl(postgres, parts), secrets)).toBe(
    "postgresql+asyncpg://app:p%40ss%2Fword@db:5432/other?ssl=off",
  );
  const api = { protocol: "http", host: "api", port: 80 } as const;
  expect(endpointUrl(api, { scheme: "ws", path: "/live" })).toBe("ws://api:80/live");
});

test("a secret without a value is an error, not an empty text", () => {
  expect(() => fillText(password, {})).toThrow("the secret password has no value");
  expect(() => fillText([{ secret: "toString" }], {})).toThrow("the secret toString has no value");
});

test("names the secrets in a text", () => {
  expect(secretsIn(["a", { secret: "x" }, { secret: "y" }])).toEqual(["x", "y"]);
  expect(secretsIn("plain")).toEqual([]);
});

test("between double quotes, a secret's own quotes and line ends are escaped", () => {
  const text = ['requirepass "', { secret: "password", encode: "quoted" as const }, '"'];
  expect(fillText(text, { password: 'a"b\\c\nd' })).toBe('requirepass "a\\"b\\\\c\\nd"');
});

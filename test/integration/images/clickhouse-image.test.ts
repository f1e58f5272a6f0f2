import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { expect, test } from "vitest";
import { answerOf, startImage } from "./image-container.ts";

const log = { level: ClickHouseLogLevel.OFF };
const password = "p&ss <word>";

async function ask(port: number, query: string, as = password): Promise<unknown> {
  const client = createClient({
    url: `http://127.0.0.1:${port}`,
    username: "shop",
    password: as,
    database: "events",
    log,
  });
  try {
    if (!query.startsWith("SELECT")) return void (await client.command({ query }));
    return await (await client.query({ query, format: "JSONEachRow" })).json();
  } finally {
    await client.close();
  }
}

test("takes the user, the password and the database, keeps its data, and stops at once", async () => {
  await using clickhouse = await startImage("clickhouse/clickhouse-server:24", {
    port: 8123,
    data: "/var/lib/clickhouse",
    env: { CLICKHOUSE_USER: "shop", CLICKHOUSE_PASSWORD: password, CLICKHOUSE_DB: "events" },
  });
  expect(await answerOf(() => ask(clickhouse.port, "SELECT currentDatabase() AS name"))).toEqual([
    { name: "events" },
  ]);
  await expect(ask(clickhouse.port, "SELECT 1", "wrong")).rejects.toThrow(/password|authentication/i);
  await ask(
    clickhouse.port,
    "CREATE TABLE kept (answer UInt32, day Date) ENGINE = MergeTree(day, answer, 8192)",
  );
  await ask(clickhouse.port, "INSERT INTO kept VALUES (42, today())");

  const { exitCode, tookMs } = await clickhouse.stop();
  expect(exitCode).toBe(0);
  expect(tookMs, "a stop that waits for the kill takes 10 s").toBeLessThan(8000);
  const port = await clickhouse.start();
  expect(await answerOf(() => ask(port, "SELECT answer FROM kept"))).toEqual([{ answer: 42 }]);
});

test("the user default is gone when another is named", async () => {
  await using clickhouse = await startImage("clickhouse/clickhouse-server:24", {
    port: 8123,
    env: { CLICKHOUSE_USER: "shop", CLICKHOUSE_PASSWORD: password, CLICKHOUSE_DB: "events" },
  });
  await answerOf(() => ask(clickhouse.port, "SELECT 1"));
  const client = createClient({ url: `http://127.0.0.1:${clickhouse.port}`, log });
  await expect(client.query({ query: "SELECT 1" })).rejects.toThrow(/default/i);
  await client.close();
});

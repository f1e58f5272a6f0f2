import { Client } from "pg";
import { expect, test } from "vitest";
import { answerOf, startImage } from "./image-container.ts";

const password = `it's "quoted" $and spaced`;

async function query(port: number, text: string, as = password): Promise<Record<string, unknown>[]> {
  const client = new Client({
    host: "127.0.0.1",
    port,
    user: "postgres",
    password: as,
    database: "shop-floor",
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

test("takes the password, the database and the arguments, keeps its data, and stops at once", async () => {
  await using postgres = await startImage("postgres:17", {
    port: 5432,
    data: "/var/lib/postgresql/data",
    env: { POSTGRES_PASSWORD: password, POSTGRES_DB: "shop-floor" },
    command: ["-c", "max_connections=77"],
  });
  // The first connection that is accepted at all is to the finished database: a refusal for want of it would throw here.
  const refusals = new Set<string>();
  await answerOf(async () => {
    await query(postgres.port, "SELECT 1").catch((error: unknown) => {
      refusals.add((error as { code?: string }).code ?? "other");
      throw error;
    });
  });
  expect([...refusals].filter((code) => /^[0-9A-Z]{5}$/.test(code) && code !== "57P03")).toEqual([]);

  expect(await query(postgres.port, "SHOW max_connections")).toEqual([{ max_connections: "77" }]);
  await expect(query(postgres.port, "SELECT 1", "wrong")).rejects.toMatchObject({ code: "28P01" });
  await query(postgres.port, "CREATE TABLE kept AS SELECT 42 AS answer");

  const { exitCode, tookMs } = await postgres.stop();
  expect(exitCode).toBe(0);
  expect(tookMs, "a stop that waits for the kill takes 10 s").toBeLessThan(8000);
  const port = await postgres.start();
  expect(await answerOf(() => query(port, "SELECT answer FROM kept"))).toEqual([{ answer: 42 }]);
});

test("refuses to start without a password, and says so", async () => {
  await using postgres = await startImage("postgres:17", { port: 5432 });
  const logs = await answerOf(async () => {
    const text = await postgres.logs();
    if (!text.includes("POSTGRES_PASSWORD")) throw new Error("not yet");
    return text;
  });
  expect(logs).toContain("POSTGRES_PASSWORD");
});

import { once } from "node:events";
import { connect } from "node:net";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { answerOf, startImage } from "./image-container.ts";

async function call(
  port: number,
  password: string | undefined,
  command: string,
  ...args: string[]
): Promise<unknown> {
  const client = new Redis({
    host: "127.0.0.1",
    port,
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}

/** The first line of the answer to one command on a connection that has not given a password. */
async function bare(port: number, command: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(`${command}\r\n`);
  const [data] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return data.toString("utf8").trim();
}

test("takes a command with options, refuses a wrong password, keeps its data, and stops at once", async () => {
  await using redis = await startImage("redis:7", {
    port: 6379,
    data: "/data",
    command: ["redis-server", "--requirepass", "right", "--maxmemory", "64mb", "--appendonly", "yes"],
  });
  expect(await answerOf(() => call(redis.port, "right", "PING"))).toBe("PONG");
  expect(await bare(redis.port, "AUTH wrong")).toMatch(/^-WRONGPASS/);
  expect(await bare(redis.port, "PING")).toMatch(/^-NOAUTH/);
  expect(await call(redis.port, "right", "CONFIG", "GET", "maxmemory")).toEqual([
    "maxmemory",
    String(64 * 1024 * 1024),
  ]);
  await call(redis.port, "right", "SET", "kept", "42");

  const { exitCode, tookMs } = await redis.stop();
  expect(exitCode).toBe(0);
  expect(tookMs, "a stop that waits for the kill takes 10 s").toBeLessThan(8000);
  const port = await redis.start();
  expect(await answerOf(() => call(port, "right", "GET", "kept"))).toBe("42");
});

test("answers other hosts when no password is set", async () => {
  await using redis = await startImage("redis:7", { port: 6379 });
  expect(await answerOf(() => call(redis.port, undefined, "PING"))).toBe("PONG");
});

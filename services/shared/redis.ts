import { Redis } from "ioredis";
import { randomUUID } from "node:crypto";
import type { FastifyBaseLogger } from "fastify";
import { UnavailableError, addressOf, reasonOf } from "./failure-reason.ts";

/** A connection that keeps itself up, and whose failures name the server and the true cause. */
export interface RedisConnection {
  run<Result>(command: (redis: Redis) => Promise<Result>): Promise<Result>;
  /** Writes a value and reads it back. */
  check(): Promise<Record<string, never>>;
  close(): void;
}

const commandTimeoutMs = 2_000;

export function createRedis(url: string, log: FastifyBaseLogger): RedisConnection {
  const subject = `Redis at ${addressOf(url)}`;
  // ioredis rejects commands with "max retries" or "stream isn't writeable"; only this listener gets the reason.
  let connectionFailure: string | undefined;
  const redis = new Redis(url, {
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 500),
  });
  redis.on("error", (error: Error) => {
    const reason = `${subject}: ${reasonOf(error)}`;
    if (reason !== connectionFailure) log.warn({ reason }, "connection failed");
    connectionFailure = reason;
  });
  redis.on("ready", () => {
    connectionFailure = undefined;
  });

  const run: RedisConnection["run"] = async (command) => {
    try {
      return await command(redis);
    } catch (error) {
      throw new UnavailableError(connectionFailure ?? `${subject}: ${reasonOf(error)}`, { cause: error });
    }
  };

  return {
    run,
    async check() {
      const key = `health:${randomUUID()}`;
      await run((client) => client.set(key, key, "EX", 10));
      const read = await run((client) => client.getdel(key));
      if (read !== key) throw new UnavailableError(`${subject}: read back another value than was written`);
      return {};
    },
    close: () => redis.disconnect(),
  };
}

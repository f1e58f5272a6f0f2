import { z } from "zod";
import { durationMs, durationSchema } from "../../lib/core/duration.ts";

/** A TCP port as text, as a number. */
export const port = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535, {
    message: "must be a port between 1 and 65535",
  })
  .transform(Number);

/** A length of time such as "1500ms" or "45s", in milliseconds. */
export const durationInMs = durationSchema.transform(durationMs);

/** A URL of one of the given schemes. Its value may hold a password, so no message repeats it. */
function urlOf(schemes: readonly string[], example: string) {
  return z.string().refine((text) => schemes.includes(URL.parse(text)?.protocol ?? ""), {
    message: `must be a URL such as ${example}`,
  });
}

export const databaseUrl = urlOf(
  ["postgres:", "postgresql:"],
  "postgres://user:password@postgres:5432/database",
);
export const redisUrl = urlOf(["redis:", "rediss:"], "redis://:password@redis:6379");
export const clickhouseUrl = urlOf(["http:", "https:"], "http://user:password@clickhouse:8123/database");
export const httpUrl = urlOf(["http:", "https:"], "http://auth:8081");

/**
 * A key shared by two parties. 32 characters at least: HMAC-SHA-256 takes a key of no less than its
 * own 256 bits (RFC 7518, section 3.2).
 */
export const sharedSecret = z.string().min(32, { message: "must have at least 32 characters" });

/** What every application understands, whatever it does. */
export const applicationFields = {
  /** How long after the process's start the application becomes ready at the earliest. */
  READY_AFTER: durationInMs.default(0),
  /** What is worth a line in the log. */
  LOG_LEVEL: z
    .enum(["debug", "info", "warn", "error", "silent"], {
      message: "must be debug, info, warn, error or silent",
    })
    .default("info"),
};

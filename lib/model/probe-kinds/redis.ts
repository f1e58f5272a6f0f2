import { z } from "zod";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { LatencyBound } from "../probe-parts/latency-bound.ts";
import { latencyBoundSchema } from "../probe-parts/latency-bound.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";
import type { sharedKinds } from "../probe-parts/shared-kinds.ts";

/** A share of a whole, where none makes no sense. */
const shareSchema = z
  .number({ error: "must be a share from above 0 to 1, such as 0.9" })
  .gt(0, { error: "must be a share from above 0 to 1, such as 0.9" })
  .max(1, { error: "must be a share from above 0 to 1, such as 0.9" });

export const redisPing = probeKind("redis-ping", {}, { speaks: "redis", describe: () => "PING" });
export interface DeclaredPing extends DeclaredAs<typeof sharedKinds.ping> {}

export const redisMemory = probeKind(
  "redis-memory",
  { under: shareSchema },
  { speaks: "redis", describe: () => "the memory in use" },
);
export interface DeclaredRedisMemory extends DeclaredAs<typeof redisMemory> {}

export const redisLatency = probeKind(
  "redis-latency",
  { p95: latencyBoundSchema },
  { speaks: "redis", describe: () => "the speed of PING" },
);
export interface DeclaredRedisLatency extends DeclaredAs<typeof redisLatency> {}

/**
 * Redis answers PING with PONG, to a client that has authenticated; MongoDB lets the account in, and its replica set, where
 * it is in one, has a primary.
 */
export function ping(options?: ProbeOptions): DeclaredPing {
  return made({ kind: "ping" }, options);
}

/**
 * Redis uses less than a share of its memory limit (`used_memory` of `maxmemory`); without a limit, of
 * the machine's memory.
 * @example memory({ under: 0.9 })
 */
export function memory(options: ProbeOptions & { readonly under: number }): DeclaredRedisMemory {
  return made({ kind: "redis-memory" }, options);
}

/**
 * The 95th percentile of PING on one Redis connection is under a bound.
 * @example latency({ under: "5ms", samples: 100 })
 */
export function latency(options: ProbeOptions & LatencyBound): DeclaredRedisLatency {
  const { under, samples, ...probe } = made({ kind: "redis-latency" }, options);
  return { ...probe, p95: { under, samples } };
}

import { addressOf } from "../address.ts";
import { judgeLatency } from "../latency.ts";
import { failed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import { redisCause } from "./cause.ts";
import { openRedis } from "./client.ts";

/** Measures PING on one connection, after one that is not counted. */
export const redisLatency: Attempt<"redis-latency"> = async ({ p95 }, target, context) => {
  const address = addressOf(target);
  try {
    using session = await openRedis(target, context);
    await session.call("PING");
    return await judgeLatency(p95, address, context, async () => void (await session.call("PING")));
  } catch (error) {
    return failed(redisCause(error, address, context));
  }
};

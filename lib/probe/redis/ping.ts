import { addressOf } from "../address.ts";
import { excerpt } from "../../core/excerpt.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import { redisCause } from "./cause.ts";
import { openRedis } from "./client.ts";

/** Sends PING to Redis and wants PONG. */
export const redisPing: Attempt<"redis-ping"> = async (_probe, target, context) => {
  const address = addressOf(target);
  try {
    using session = await openRedis(target, context);
    const answer = await session.call("PING");
    if (answer === "PONG") return passed;
    return failed(
      causeOf(
        "protocol",
        `${address} answered PING with ${excerpt(context.redact(String(answer)))}, expected PONG`,
      ),
    );
  } catch (error) {
    return failed(redisCause(error, address, context));
  }
};

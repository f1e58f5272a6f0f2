import { addressOf } from "../address.ts";
import type { Finding } from "../outcome.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import { mongoCause } from "./cause.ts";
import { openMongo } from "./client.ts";

/** Logs in, and asks the server how it stands in its replica set, where it has one. */
export const mongodbPing: Attempt<"mongodb-ping"> = async (_probe, target, context) => {
  const address = addressOf(target);
  try {
    using session = await openMongo(target, context);
    return judgeHello(await session.run({ hello: 1 }), address);
  } catch (error) {
    return failed(mongoCause(error, address, context));
  }
};

/** Judges the answer to `hello`: a member of a replica set without a primary takes no writes. */
export function judgeHello(hello: Readonly<Record<string, unknown>>, address: string): Finding {
  if (hello["isreplicaset"] === true)
    return failed(
      causeOf("server", `${address} is meant for a replica set that nobody has initiated: rs.initiate()`),
    );
  const set = hello["setName"];
  if (typeof set !== "string" || hello["isWritablePrimary"] === true || typeof hello["primary"] === "string")
    return passed;
  return failed(causeOf("server", `the replica set ${set} of ${address} has no primary`));
}

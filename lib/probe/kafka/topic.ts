import { counted } from "../../core/counted.ts";
import { excerpt } from "../../core/excerpt.ts";
import { addressOf } from "../address.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import { kafkaCause, topicCause } from "./cause.ts";
import { openKafka } from "./client.ts";

/** Asks whether a topic is there, with so many partitions, each of which a broker leads. */
export const kafkaTopic: Attempt<"kafka-topic"> = async ({ topic, partitions }, target, context) => {
  const address = addressOf(target);
  try {
    using session = await openKafka(target, context);
    const { topic: found } = await session.metadata(topic);
    const subject = `the topic ${excerpt(topic, 60)} on ${address}`;
    const { error, leaders } = found ?? { error: 3, leaders: [] };
    if (error !== 0) return failed(topicCause(error, subject));
    const led = leaders.filter((leader) => leader >= 0).length;
    if (leaders.length < partitions.atLeast)
      return failed(
        causeOf(
          "rows",
          `${subject} has ${counted(leaders.length, "partition")}, expected at least ${partitions.atLeast}`,
        ),
      );
    if (led < leaders.length)
      return failed(
        causeOf(
          "server",
          `no broker leads ${leaders.length - led} of ${counted(leaders.length, "partition")} of ${subject}`,
        ),
      );
    return passed;
  } catch (error) {
    return failed(kafkaCause(error, target, context));
  }
};

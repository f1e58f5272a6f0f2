import { counted } from "../../core/counted.ts";
import { excerpt } from "../../core/excerpt.ts";
import { addressOf } from "../address.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import { amqpCause } from "./cause.ts";
import { openAmqp } from "./client.ts";

/** Asks whether a queue is there, how many messages wait in it, and how many consumers take from it. */
export const amqpQueue: Attempt<"amqp-queue"> = async ({ queue, messages, consumers }, target, context) => {
  const address = addressOf(target);
  try {
    using session = await openAmqp(target, context);
    const found = await session.queue(queue);
    const subject = `the queue ${excerpt(queue, 60)} on ${address}`;
    if (consumers !== undefined && found.consumers < consumers.atLeast)
      return failed(
        causeOf(
          "rows",
          `${subject} has ${counted(found.consumers, "consumer")}, expected at least ${consumers.atLeast}`,
        ),
      );
    if (messages !== undefined && found.messages > messages.atMost)
      return failed(
        causeOf(
          "capacity",
          `${subject} has ${counted(found.messages, "message")} waiting, expected at most ${messages.atMost}`,
        ),
      );
    return passed;
  } catch (error) {
    return failed(amqpCause(error, address, context));
  }
};

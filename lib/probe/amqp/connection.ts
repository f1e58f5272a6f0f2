import { addressOf } from "../address.ts";
import { failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import { amqpCause } from "./cause.ts";
import { openAmqp } from "./client.ts";

/** Logs in to a broker, opens the virtual host and a channel. */
export const amqpConnection: Attempt<"amqp-connection"> = async (_probe, target, context) => {
  try {
    using _session = await openAmqp(target, context);
    return passed;
  } catch (error) {
    return failed(amqpCause(error, addressOf(target), context));
  }
};

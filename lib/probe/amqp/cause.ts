import { excerpt } from "../../core/excerpt.ts";
import { networkCause } from "../network-cause.ts";
import type { Cause } from "../outcome.ts";
import { causeOf } from "../outcome.ts";
import type { CauseContext } from "../probe-kind.ts";

/** The broker has closed the connection or the channel, and says why. */
export class ClosedByBroker extends Error {
  override readonly name = "ClosedByBroker";
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/**
 * The cause behind what went wrong.
 * @throws the error itself, when it is neither the broker's nor the network's: a defect of the prober
 */
export function amqpCause(error: unknown, address: string, context: CauseContext): Cause {
  if (error instanceof ClosedByBroker) return brokerCause(error, address, context);
  // A method that is shorter than it may be.
  if (error instanceof RangeError)
    return causeOf("protocol", `${address} answered, but not as AMQP 0-9-1 does`);
  const cause = networkCause(error, address, context.currentStep());
  if (cause === undefined) throw error;
  return cause;
}

/**
 * By "Reply Codes" in the specification of AMQP 0-9-1, and by RabbitMQ's words where one code has several meanings. A broker makes
 * its account and its virtual host before it listens: neither comes by waiting. A queue does: an application declares it.
 */
function brokerCause({ code, message }: ClosedByBroker, address: string, context: CauseContext): Cause {
  const text = `${address} answered: ${excerpt(context.redact(message))}`;
  if (/\b(limit|too many)\b/i.test(message)) return causeOf("capacity", text);
  if (code === 403 && context.currentStep() === "logging in") return causeOf("authentication", text, true);
  // not-allowed: the virtual host is not there, or not for this account.
  if (code === 530) return causeOf(/not found/.test(message) ? "server" : "account", text, true);
  if (code === 403) return causeOf("account", text);
  return causeOf("server", text);
}

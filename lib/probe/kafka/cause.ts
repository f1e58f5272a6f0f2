import { excerpt } from "../../core/excerpt.ts";
import type { EndpointOf } from "../../model/endpoint.ts";
import { addressOf } from "../address.ts";
import { networkCause } from "../network-cause.ts";
import type { Cause } from "../outcome.ts";
import { causeOf } from "../outcome.ts";
import type { CauseContext } from "../probe-kind.ts";

/** The step in which a listener that wants a log-in closes the connection of a client that has no account. */
export const askingForMetadata = "waiting for the cluster's metadata";

/** The broker refuses the log-in. */
export class LoginRefused extends Error {
  override readonly name = "LoginRefused";
  /** Whether it is the way to log in, and not the account. */
  readonly way: boolean;

  constructor(text: string, way: boolean) {
    super(text);
    this.way = way;
  }
}

/**
 * The cause behind what went wrong. A broker knows its accounts before it listens, or has them in its own data: neither comes by waiting.
 * @throws the error itself, when it is neither the broker's nor the network's: a defect of the prober
 */
export function kafkaCause(
  error: unknown,
  endpoint: Pick<EndpointOf<"kafka">, "host" | "port" | "user">,
  context: CauseContext,
): Cause {
  const address = addressOf(endpoint);
  if (error instanceof LoginRefused)
    return causeOf(
      error.way ? "account" : "authentication",
      `${address} answered: ${excerpt(context.redact(error.message))}`,
      true,
    );
  // A response that is shorter than it may be.
  if (error instanceof RangeError) return causeOf("protocol", `${address} answered, but not as Kafka does`);
  const cause = networkCause(error, address, context.currentStep());
  if (cause === undefined) throw error;
  if (cause.code !== "reset" || endpoint.user !== undefined || context.currentStep() !== askingForMetadata)
    return cause;
  return { ...cause, text: `${cause.text} (so does a listener that wants a log-in: user and password)` };
}

/** What the error codes of a topic or a partition mean ("Error codes" in Kafka's protocol guide). */
const topicErrors: Readonly<Record<number, readonly [Cause["code"], string]>> = {
  3: ["server", "does not exist"],
  17: ["server", "has a name that no topic may have"],
  29: ["account", "may not be seen by this account"],
};

/** Why a topic is not to be had. A job or an application may make it yet. */
export function topicCause(code: number, subject: string): Cause {
  const [why, text] = topicErrors[code] ?? ["server", `is not to be had: Kafka's error ${code}`];
  return causeOf(why, `${subject} ${text}`);
}

import { excerpt } from "../../core/excerpt.ts";
import { networkCause } from "../network-cause.ts";
import type { Cause } from "../outcome.ts";
import { causeOf } from "../outcome.ts";
import type { CauseContext } from "../probe-kind.ts";

/**
 * The cause behind an error of the client library.
 * @throws the error itself, when it is neither the server's nor the network's: a defect of the prober
 */
export function redisCause(error: unknown, address: string, context: CauseContext): Cause {
  const cause = networkCause(error, address, context.currentStep());
  if (cause !== undefined) return cause;
  if (!(error instanceof Error)) throw error;
  if (error.name === "ReplyError") return replyCause(error.message, address, context);
  // The library's own words, which it gives no code: for a closed connection, and, as its last sentence, for
  // whatever its parser stumbles over.
  if (error.message === "Connection is closed.")
    return causeOf("reset", `connection closed by ${address} while ${context.currentStep()}`);
  if (error.message.endsWith("Please report this."))
    return causeOf("protocol", `${address} answered, but not as Redis does`);
  throw error;
}

/** Redis has no numbers for its errors: the first word tells the kind, or, before version 6, the sentence. */
function replyCause(message: string, address: string, context: CauseContext): Cause {
  const text = `${address} answered: ${excerpt(context.redact(message))}`;
  const authentication = /^(NOAUTH|WRONGPASS|ERR invalid password|ERR Client sent AUTH|ERR AUTH )/;
  // Nobody outside its own machine is let in, by its settings.
  if (message.startsWith("DENIED")) return causeOf("account", text, true);
  if (message.startsWith("NOPERM")) return causeOf("account", text, true);
  if (authentication.test(message)) return causeOf("authentication", text, true);
  if (/^ERR max number of clients/.test(message)) return causeOf("capacity", text);
  return causeOf("server", text);
}

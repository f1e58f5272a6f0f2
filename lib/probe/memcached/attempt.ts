import { excerpt } from "../../core/excerpt.ts";
import { addressOf } from "../address.ts";
import { converse, lineLength } from "../conversation.ts";
import { networkCause } from "../network-cause.ts";
import type { Cause } from "../outcome.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt, CauseContext } from "../probe-kind.ts";

/** Asks memcached for its version, in the text protocol. */
export const memcached: Attempt<"memcached-version"> = async ({ port, tls }, { host }, context) => {
  const address = addressOf({ host, port });
  try {
    using conversation = await converse({ host, port, tls }, context);
    context.step("waiting for the answer");
    conversation.send("version\r\n");
    const answer = (await conversation.receive(lineLength)).toString("utf8").trimEnd();
    if (!answer.startsWith("VERSION ")) return failed(answerCause(answer, address, context));
    conversation.close("quit\r\n");
    return passed;
  } catch (error) {
    const cause = networkCause(error, address, context.currentStep());
    if (cause === undefined) throw error;
    return failed(cause);
  }
};

function answerCause(answer: string, address: string, { redact }: CauseContext): Cause {
  const text = `${address} answered: ${excerpt(redact(answer))}`;
  // With a file of accounts it wants a log-in first, which a probe has none for.
  if (answer === "CLIENT_ERROR unauthenticated") return causeOf("authentication", text, true);
  if (/^(SERVER_ERROR|CLIENT_ERROR|ERROR)\b/.test(answer)) return causeOf("server", text);
  return causeOf("protocol", `${address} answered, but not as memcached does`);
}

import { addressOf } from "../address.ts";
import type { Conversation } from "../conversation.ts";
import { converse } from "../conversation.ts";
import { AnswerError } from "../network-cause.ts";
import { causeOf, failed, passed } from "../outcome.ts";
import type { Attempt } from "../probe-kind.ts";
import type { Reply } from "./cause.ts";
import { RefusedReply, smtpCause } from "./cause.ts";

/** Waits for a mail server's greeting, introduces itself, and goes on in TLS where the probe says so. */
export const smtp: Attempt<"smtp-greeting"> = async ({ port, startTls }, { host }, context) => {
  const address = addressOf({ host, port });
  try {
    using conversation = await converse({ host, port }, context);
    const ask = async (command: string, wanted: number) => {
      conversation.send(`${command}\r\n`);
      return await reply(conversation, command.replace(/ .*/, ""), wanted);
    };
    context.step("waiting for the greeting");
    await reply(conversation, "the greeting", 220);
    context.step("waiting for the answer to EHLO");
    const { lines } = await ask("EHLO phasegate-probe", 250);
    if (startTls) {
      if (!lines.some((line) => /^STARTTLS\b/i.test(line)))
        return failed(causeOf("tls", `${address} does not offer STARTTLS`));
      context.step("waiting for the answer to STARTTLS");
      await ask("STARTTLS", 220);
      // Whose certificate it is does not matter: nothing is sent that others must not know.
      await conversation.startTls({ insecure: true });
      context.step("waiting for the answer to EHLO in TLS");
      await ask("EHLO phasegate-probe", 250);
    }
    conversation.close("QUIT\r\n");
    return passed;
  } catch (error) {
    return failed(smtpCause(error, address, context));
  }
};

/** @throws RefusedReply when its code is another than the wanted one */
async function reply(conversation: Conversation, to: string, wanted: number): Promise<Reply> {
  const text = (await conversation.receive(replyLength)).toString("utf8");
  const lines = text.trimEnd().split(/\r?\n/);
  const code = Number(text.slice(0, 3));
  const answer = { code, lines: lines.map((line) => line.slice(4)) };
  if (code !== wanted) throw new RefusedReply(to, answer);
  return answer;
}

/** A reply is lines of one code, the last of which has no dash after it (RFC 5321, section 4.2). */
function replyLength(arrived: Buffer): number | undefined {
  let at = 0;
  for (;;) {
    const begun = arrived.subarray(at).toString("latin1");
    if (!/^\d{0,3}(?!.)|^\d{3}[ -]|^\d{3}\r?\n/s.test(begun))
      throw new AnswerError("answered, but not as a mail server does");
    const end = arrived.indexOf("\n", at);
    if (end < 0) return undefined;
    at = end + 1;
    if (begun[3] !== "-") return at;
  }
}

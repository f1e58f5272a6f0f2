import { excerpt } from "../../core/excerpt.ts";
import { networkCause } from "../network-cause.ts";
import type { Cause } from "../outcome.ts";
import { causeOf } from "../outcome.ts";
import type { CauseContext } from "../probe-kind.ts";

/** What a mail server says to a command. */
export interface Reply {
  readonly code: number;
  /** Without the code. */
  readonly lines: readonly string[];
}

/** Another reply than the one that goes on. */
export class RefusedReply extends Error {
  override readonly name = "RefusedReply";
  readonly reply: Reply;
  readonly to: string;

  constructor(to: string, reply: Reply) {
    super(`${to}: ${reply.code}`);
    this.to = to;
    this.reply = reply;
  }
}

/**
 * The cause behind what went wrong.
 * @throws the error itself, when it is neither the server's nor the network's: a defect of the prober
 */
export function smtpCause(error: unknown, address: string, context: CauseContext): Cause {
  if (error instanceof RefusedReply) {
    const { code, lines } = error.reply;
    const words = `${code} ${lines.join(" ")}`.trim();
    const text = `${address} answered ${error.to === "the greeting" ? "with" : `${error.to} with`}: ${excerpt(context.redact(words))}`;
    // 421: it is shutting down, or has as many clients as it takes.
    return causeOf(code === 421 && /\btoo many\b/i.test(words) ? "capacity" : "server", text);
  }
  const cause = networkCause(error, address, context.currentStep());
  if (cause === undefined) throw error;
  return cause;
}

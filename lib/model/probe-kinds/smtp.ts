import { z } from "zod";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import { portSchema } from "../probe-parts/network.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";

export const smtpGreeting = probeKind(
  "smtp-greeting",
  {
    port: portSchema,
    /** Whether it must go on in TLS when it is asked to. */
    startTls: z.boolean(),
  },
  {
    asksStore: true,
    at: ({ port }, { host }) => ({ host, port }),
    describe: ({ port, startTls }) => `SMTP${startTls ? " with STARTTLS" : ""} on port ${port}`,
  },
);
export interface DeclaredSmtpGreeting extends DeclaredAs<typeof smtpGreeting> {}

/**
 * A mail server greets, and answers EHLO. No mail is sent.
 * @example smtp({ port: 587, startTls: true })
 */
export function smtp(
  options?: ProbeOptions & {
    /** The port that it listens on inside the network. Default 25. */
    readonly port?: number;
    /** It must offer STARTTLS, and go on in TLS. Whose certificate it has is not checked. Default false. */
    readonly startTls?: boolean;
  },
): DeclaredSmtpGreeting {
  return { port: 25, startTls: false, ...made({ kind: "smtp-greeting" }, options) };
}

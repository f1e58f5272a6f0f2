import { z } from "zod";
import { excerpt } from "../../core/excerpt.ts";
import { exactObject, textThat, wholeNumber } from "../../core/schema-parts.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";

export const dnsNameLookup = probeKind(
  "dns-name",
  {
    name: z.string().min(1).max(253),
    addresses: exactObject({ atLeast: wholeNumber(1, 1000) }),
    /** The name server that is asked, "10.0.0.2:53"; the prober's own unless given. */
    server: textThat(
      (text) => /^(\d+(\.\d+){3}|\[[\da-fA-F:]+\])(:\d{1,5})?$|^[\da-fA-F:]+$/.test(text),
      'an address such as "10.0.0.2" or "10.0.0.2:53"',
    ).optional(),
  },
  {
    party: ({ server }) => server ?? "the name server",
    describe: ({ name }) => `the name ${excerpt(name, 60)}`,
  },
);
export interface DeclaredDnsNameLookup extends DeclaredAs<typeof dnsNameLookup> {}

/**
 * A name resolves inside the stack's network, to IPv4 and IPv6 addresses together. The name server alone is
 * asked, and no hosts file.
 * @example dnsName("payments.internal", { addresses: { atLeast: 2 } })
 */
export function dnsName(
  name: string,
  options?: ProbeOptions & {
    /** How many addresses it must have. Default `{ atLeast: 1 }`. */
    readonly addresses?: { readonly atLeast: number };
    /** The name server to ask, by its address: "10.0.0.2" or "10.0.0.2:53". Default: the network's own. */
    readonly server?: string;
  },
): DeclaredDnsNameLookup {
  return { addresses: { atLeast: 1 }, ...made({ kind: "dns-name", name }, options) };
}

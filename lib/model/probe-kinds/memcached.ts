import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import { portSchema } from "../probe-parts/network.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";
import type { Tls } from "../tls.ts";
import { tlsOf, tlsSchema, tlsTexts } from "../tls.ts";

export const memcachedVersion = probeKind(
  "memcached-version",
  {
    port: portSchema,
    /** Absent: plain text. */
    tls: tlsSchema.optional(),
  },
  {
    asksStore: true,
    at: ({ port, tls }, { host }) => ({ host, port, tls }),
    texts: ({ tls }) => tlsTexts(tls),
    describe: ({ port }) => `memcached on port ${port}`,
  },
);
export interface DeclaredMemcachedVersion extends DeclaredAs<typeof memcachedVersion> {}

/**
 * memcached answers `version`.
 * @example memcached()
 */
export function memcached(
  options?: ProbeOptions & {
    /** The port that it listens on inside the network. Default 11211. */
    readonly port?: number;
    /** Asks in TLS: `true`, or how. Default: in plain text. */
    readonly tls?: true | Tls;
  },
): DeclaredMemcachedVersion {
  const { tls, ...probe } = made({ kind: "memcached-version" }, options);
  return { port: 11211, ...probe, ...(tls !== undefined && { tls: tlsOf(tls) }) };
}

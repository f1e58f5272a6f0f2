import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import { portSchema } from "../probe-parts/network.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";

export const memcachedVersion = probeKind(
  "memcached-version",
  { port: portSchema },
  { at: ({ port }, { host }) => ({ host, port }), describe: ({ port }) => `memcached on port ${port}` },
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
  },
): DeclaredMemcachedVersion {
  return { port: 11211, ...made({ kind: "memcached-version" }, options) };
}

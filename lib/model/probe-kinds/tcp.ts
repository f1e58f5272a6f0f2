import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import { portSchema } from "../probe-parts/network.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";

export const tcpConnection = probeKind(
  "tcp",
  { port: portSchema },
  { at: ({ port }, { host }) => ({ host, port }), describe: ({ port }) => `TCP port ${port}` },
);
export interface DeclaredTcpConnection extends DeclaredAs<typeof tcpConnection> {}

/** Something accepts TCP connections on the port. Says little of an application: prefer a probe that speaks its protocol. */
export function tcp(port: number, options?: ProbeOptions): DeclaredTcpConnection {
  return made({ kind: "tcp", port }, options);
}

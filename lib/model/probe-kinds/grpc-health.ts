import { z } from "zod";
import { excerpt } from "../../core/excerpt.ts";
import { made } from "../made.ts";
import type { DeclaredAs } from "../probe-parts/kind.ts";
import { probeKind } from "../probe-parts/kind.ts";
import { portSchema } from "../probe-parts/network.ts";
import type { ProbeOptions } from "../probe-parts/options.ts";
import type { Tls } from "../tls.ts";
import { tlsOf, tlsSchema, tlsTexts } from "../tls.ts";

export const grpcHealthCheck = probeKind(
  "grpc-health",
  {
    port: portSchema,
    /** The name that is asked for; empty asks for the server as a whole. */
    service: z.string().max(1000),
    /** Absent: plain text. */
    tls: tlsSchema.optional(),
  },
  {
    at: ({ port, tls }, { host }) => ({ host, port, tls }),
    texts: ({ tls }) => tlsTexts(tls),
    describe: ({ port, service }) =>
      `gRPC health${service === "" ? "" : ` of ${excerpt(service, 60)}`} on port ${port}`,
  },
);
export interface DeclaredGrpcHealthCheck extends DeclaredAs<typeof grpcHealthCheck> {}

/**
 * A gRPC server says of itself, by the health checking protocol of gRPC (grpc.health.v1.Health/Check), that
 * it is SERVING.
 * @example grpcHealth({ port: 50051, service: "shop.Orders" })
 */
export function grpcHealth(
  options: ProbeOptions & {
    /** The port that it listens on inside the network. */
    readonly port: number;
    /** The service that is asked for. Default: the server as a whole. */
    readonly service?: string;
    /** Asks in TLS: `true`, or how. Default: in plain text. */
    readonly tls?: true | Tls;
  },
): DeclaredGrpcHealthCheck {
  const { tls, ...probe } = made({ kind: "grpc-health" }, options);
  return { service: "", ...probe, ...(tls !== undefined && { tls: tlsOf(tls) }) };
}

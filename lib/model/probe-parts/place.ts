/** Where a probe of an HTTP service asks, where that need not be the service's own address, and whether in TLS. */
import type { z } from "zod";
import { textThat } from "../../core/schema-parts.ts";
import type { Tls, TlsPlan } from "../tls.ts";
import { tlsOf, tlsSchema } from "../tls.ts";
import { portSchema } from "./network.ts";

export const placeSchemas = {
  /** Default: the service's own. */
  host: textThat(
    (text) => /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})$|^[\da-fA-F:]+$/.test(text),
    'a host name such as "api"',
  ).optional(),
  /** Default: the service's own. */
  port: portSchema.optional(),
  /** Default: at the service's own host and port its `tls`; elsewhere plain text. */
  https: tlsSchema.optional(),
};
type PlannedPlace = z.infer<z.ZodObject<typeof placeSchemas>>;

/** Where a probe asks. */
export interface PlaceOptions {
  /**
   * Another host name than the service's, as it resolves on the stack's network: the request is sent there, and names it. A request
   * to the service itself that names another host says so by `headers: { Host: "…" }`. Default: the service's name.
   */
  readonly host?: string;
  /** Another port than the service's own. Default: the service's. */
  readonly port?: number;
  /**
   * Asks in TLS: `true`, or how. Default: as the service's `tls` says at its own host and port, and in plain text elsewhere.
   * @example get("/health", { port: 8443, https: { ca: projectFile("ops/ca.pem") } })
   */
  readonly https?: true | Tls;
}

/** Where a request goes, and how. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsPlan | undefined;
}

/** A probe with its `https` as a plan has it. */
export function placed<P extends { readonly https?: true | Tls }>(
  probe: P,
): Omit<P, "https"> & { readonly https?: TlsPlan } {
  const { https, ...others } = probe;
  return https === undefined ? others : { ...others, https: tlsOf(https) };
}

/** Where a probe of a service asks. */
export function placeOf(
  { host, port, https }: PlannedPlace,
  service: { readonly host: string; readonly port: number; readonly tls?: TlsPlan | undefined },
): Place {
  const at = { host: host ?? service.host, port: port ?? service.port };
  const own = at.host === service.host && at.port === service.port;
  return { ...at, tls: https ?? (own ? service.tls : undefined) };
}

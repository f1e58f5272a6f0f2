/** The ports of a service besides the one that its clients call, and where they are published on the host. */
import { isIP } from "node:net";
import { z } from "zod";
import type { Problem } from "../../core/problem.ts";
import { placeText } from "../../core/problem.ts";
import { exactObject, namedRecord, textThat, wholeNumber } from "../../core/schema-parts.ts";
import { portSchema } from "../probe-parts/network.ts";

export const transports = ["tcp", "udp"] as const;
export type Transport = (typeof transports)[number];

/** Where a port is published on the engine's machine. */
export interface HostAddress {
  /**
   * The machine's own address at which it can be reached: "127.0.0.1", "192.168.1.7", "0.0.0.0" for all of them,
   * "::1". Default "127.0.0.1". One that is every address is a warning in development, and needs a reason in the
   * declaration's `parity.allow` elsewhere.
   */
  readonly address?: string;
  /** The same port in every environment. Instead of `publish`. */
  readonly port?: number;
}

/** One port that a service listens on. */
export interface ServicePort {
  /** The port inside the network. */
  readonly container: number;
  /** Default "tcp". */
  readonly protocol?: Transport;
  /** Publishes it on the host at the environment's `portBase` plus this number (0 to 999). Default: not published. */
  readonly publish?: number;
  /** Where on the host it is published: another address than loopback, or a port of its own. */
  readonly host?: HostAddress;
}

/** What every service that is called may say of further ports. */
export interface PortOptions {
  /**
   * Ports by names of your own, besides `port`: `{ metrics: { container: 9100, publish: 10 } }`. `urlOf("api", { port:
   * "metrics" })` is the URL of one. Default: none.
   */
  readonly ports?: Readonly<Record<string, ServicePort>>;
}

const hostSchema = exactObject({
  address: textThat(
    (text) => isIP(text) !== 0,
    'an address of the host such as "127.0.0.1" or "0.0.0.0"',
  ).optional(),
  port: portSchema.optional(),
});

export const servicePortSchema = exactObject(
  {
    container: portSchema,
    protocol: z.enum(transports).optional(),
    publish: wholeNumber(0, 999).optional(),
    host: hostSchema.optional(),
  },
  "must be an object such as { container: 9100, publish: 10 }",
);

/** The key `ports` of a service, as it is declared. */
export const declaredPorts = { ports: namedRecord(servicePortSchema).optional() };

/** An address of the engine's machine. */
const publishedSchema = z.strictObject({ ip: z.string(), port: z.int() });

/** The key `ports` of a service in a plan. */
export const plannedPorts = {
  /** Further ports, by name. `published` is the port that the service's clients call. */
  ports: z
    .record(
      z.string(),
      z.strictObject({
        container: z.int(),
        protocol: z.enum(transports),
        published: publishedSchema.optional(),
      }),
    )
    .optional(),
};
export type PlannedPorts = NonNullable<z.infer<(typeof plannedPorts)["ports"]>>;

/** The ports of a service as a plan says them: nothing where it has none besides its own. */
export function resolvePorts(
  { ports }: PortOptions,
  { portBase }: { readonly portBase: number },
): { readonly ports?: PlannedPorts } {
  const entries = Object.entries(ports ?? {});
  if (entries.length === 0) return {};
  const resolved = entries.map(([name, { container, protocol = "tcp", publish, host }]) => {
    const port = host?.port ?? (publish === undefined ? undefined : portBase + publish);
    const published = port === undefined ? undefined : { ip: host?.address ?? "127.0.0.1", port };
    return [name, { container, protocol, ...(published && { published }) }] as const;
  });
  return { ports: Object.fromEntries(resolved) };
}

/** A port of a container, and where it is published. */
export interface PublishedPort {
  readonly ip: string;
  readonly port: number;
  readonly containerPort: number;
  readonly protocol: Transport;
  /** Its name among the service's ports; absent for the one that its clients call. */
  readonly name?: string;
}

/** What of a plan's service publishes ports. */
interface Publishing {
  readonly published?:
    { readonly ip: string; readonly port: number; readonly containerPort: number } | undefined;
  readonly ports?: PlannedPorts | undefined;
}

/** Everything that a service of a plan publishes. */
export function publishedPorts({ published, ports = {} }: Publishing): PublishedPort[] {
  return [
    ...(published ? [{ ...published, protocol: "tcp" as const }] : []),
    ...Object.entries(ports).flatMap(([name, { container, protocol, published: at }]) =>
      at === undefined ? [] : [{ ...at, containerPort: container, protocol, name }],
    ),
  ];
}

/** Whether an address is every one of the machine. */
export function isEveryAddress(ip: string): boolean {
  return ip === "0.0.0.0" || /^[0:]+$/.test(ip);
}

/** An address and a port as one text. */
export function addressText({ ip, port }: { readonly ip: string; readonly port: number }): string {
  return ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`;
}

/** The ports of a plan that are published at every address of the machine, in words. */
export function widelyPublished({
  services,
}: {
  readonly services: Readonly<Record<string, Publishing>>;
}): Problem[] {
  return Object.entries(services).flatMap(([service, { ports = {} }]) =>
    Object.entries(ports).flatMap(([name, { published }]) =>
      published === undefined || !isEveryAddress(published.ip)
        ? []
        : [
            {
              path: placeText(["services", service, "ports", name]),
              message: `is published at ${addressText(published)}: who reaches this machine reaches it`,
            },
          ],
    ),
  );
}

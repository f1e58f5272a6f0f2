import { isTainted, shown } from "../read/taint.ts";
import type { Kinded } from "./kinds.ts";
import { free } from "./names.ts";
import type { Report } from "../read/note.ts";

/** A port of a service besides the one that its clients call. */
export interface ImportedPort {
  readonly container: number;
  readonly protocol?: "udp";
  readonly publish?: number;
  readonly host?: { readonly address: string; readonly port: number };
}

/** The ports of a service, and where they are published. */
export interface ServicePorts {
  readonly publish: number | undefined;
  readonly ports: Readonly<Record<string, ImportedPort>>;
  /** The names of ports that are published at every address of the host: those want a reason. */
  readonly everywhere: readonly string[];
}

/** What ports are usually for. */
const usual: Readonly<Record<number, string>> = {
  22: "ssh",
  25: "smtp",
  53: "dns",
  80: "http",
  443: "https",
  1883: "mqtt",
  4369: "epmd",
  8443: "https",
  9001: "console",
  9090: "metrics",
  9100: "metrics",
  9187: "metrics",
  15672: "management",
  15692: "metrics",
};

/**
 * Publishes the ports that the compose file publishes: on 127.0.0.1, at the environment's portBase plus a number that
 * `publishAt` chooses, where the file names no address of the host or only that one.
 */
export function portsOf(
  { name, service, port, kind, isReplicated }: Kinded & { readonly isReplicated: boolean },
  publishAt: (hostPort: number) => number,
  note: Report,
): ServicePorts {
  const place = `services.${name}.ports`;
  let publish: number | undefined;
  const ports: [string, ImportedPort][] = [];
  const everywhere: string[] = [];
  for (const { target, published, protocol, ip, appProtocol } of service.ports ?? []) {
    if (kind === "job" || !/^(?:tcp|udp)$/.test(protocol)) {
      note(
        "lost",
        place,
        `the port ${target}/${protocol} is not published${kind === "job" ? ", since it is a job's" : ""}`,
      );
      continue;
    }
    if (isReplicated) {
      note(
        "lost",
        place,
        `${target} is not published: its instances cannot have one port of the host; publish a service in front of them`,
      );
      continue;
    }
    if (published !== undefined && isTainted(published)) {
      note(
        "lost",
        place,
        `the port ${target} is published where ${shown(published)} says, which is a secret`,
      );
      continue;
    }
    const hostPort = Number.parseInt(published ?? "", 10) || target;
    const isOwn = target === port && protocol === "tcp";
    const isFurther = isOwn && publish !== undefined;
    const name = free(isFurther ? `port${hostPort}` : portName(target, appProtocol), (taken) =>
      ports.some(([other]) => other === taken),
    );
    const address = ip?.replace(/^\[|\]$/g, "");
    if ((!isOwn || isFurther) && address !== undefined && !isLoopback(address) && published !== undefined) {
      ports.push([
        name,
        { container: target, ...(protocol === "udp" && { protocol }), host: { address, port: hostPort } },
      ]);
      if (address === "0.0.0.0" || address === "::") everywhere.push(name);
      continue;
    }
    const at = publishAt(hostPort);
    if (isOwn && !isFurther) publish = at;
    else ports.push([name, { container: target, ...(protocol === "udp" && { protocol }), publish: at }]);
    const where = published === undefined ? "any free port" : `port ${published}`;
    note(
      "changed",
      place,
      `${target} is published on 127.0.0.1 at the environment's portBase + ${at}, not on ${where}${address === undefined || isLoopback(address) ? "" : ` of ${address}`}`,
    );
  }
  return { publish, ports: Object.fromEntries(ports), everywhere };
}

function isLoopback(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

function portName(target: number, appProtocol: string | undefined): string {
  return (
    (Object.hasOwn(usual, target) ? usual[target] : undefined) ??
    appProtocol?.replace(/[^A-Za-z0-9]/g, "") ??
    `port${target}`
  );
}

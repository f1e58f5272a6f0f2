import type Docker from "dockerode";
import { answered, answeredSoon, unlessMissing } from "./docker-engine.ts";

/** An address on the engine's machine. */
export interface Address {
  readonly ip: string;
  readonly port: number;
  /** Default: TCP. */
  readonly protocol?: "udp";
}

/** A container, and the addresses that it holds or is about to take. */
export interface PortHolder {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly published: readonly Address[];
}

/**
 * The containers that hold ports of the engine's machine. One that has ended holds none; one that the engine is
 * starting again will have its own back in a moment.
 * @throws PhasegateError PHASEGATE_ENGINE_UNREACHABLE
 */
export async function portHolders(docker: Docker): Promise<readonly PortHolder[]> {
  const containers = await answeredSoon((soon) => docker.listContainers({ ...soon, all: true }));
  const holders = await Promise.all(
    containers.map(async ({ Id: id, Names: [name = ""], Labels: labels, Ports, State }) => ({
      id,
      name: name.replace(/^\//, ""),
      labels,
      published:
        State === "restarting"
          ? await boundWhenStarted(docker, id)
          : Ports.flatMap(({ IP = "", PublicPort, Type }) =>
              PublicPort ? addressOf(IP, PublicPort, Type) : [],
            ),
    })),
  );
  return holders.filter(({ published }) => published.length > 0);
}

/** The list of containers shows no ports of one that does not run at this moment. */
async function boundWhenStarted(docker: Docker, id: string): Promise<Address[]> {
  const info = await unlessMissing(answered(docker.getContainer(id).inspect()));
  const bindings = (info?.HostConfig.PortBindings ?? {}) as Readonly<
    Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
  >;
  return Object.entries(bindings).flatMap(([container, hosts]) =>
    (hosts ?? []).flatMap(({ HostIp: ip = "", HostPort }) =>
      HostPort ? addressOf(ip, Number(HostPort), container.split("/")[1]) : [],
    ),
  );
}

function addressOf(ip: string, port: number, protocol: string | undefined): Address[] {
  if (protocol === "udp") return [{ ip, port, protocol }];
  return protocol === "tcp" ? [{ ip, port }] : [];
}

/** Whether two addresses cannot be held at the same time. A port of TCP is none of UDP; 0.0.0.0 is every IPv4 address, 127.0.0.1 among them. */
export function overlap(a: Address, b: Address): boolean {
  return (
    a.port === b.port &&
    a.protocol === b.protocol &&
    (a.ip === b.ip || isEvery(a.ip, b.ip) || isEvery(b.ip, a.ip))
  );
}

function isEvery(ip: string, other: string): boolean {
  return ip === "" || ip === (other.includes(":") ? "::" : "0.0.0.0");
}

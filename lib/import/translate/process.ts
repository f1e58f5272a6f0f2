import { isIP } from "node:net";
import type { Report } from "../read/note.ts";
import type { Carrier } from "./carried.ts";
import type { Kinded } from "./kinds.ts";

/** Carries over what runs in a service's container, and the names that it knows. */
export function carryProcess({ name, service }: Kinded, carrier: Carrier, note: Report): void {
  carrier.value("user", "runAs", userOf(service["user"]));
  carrier.value("working_dir", "workingDir", service["working_dir"]);
  const writes = [...(service.secrets ?? []), ...(service.configs ?? [])].length > 0;
  if (service["read_only"] === true && writes)
    note("lost", `services.${name}.read_only`, "the engine could not write its secrets and configs into it");
  else carrier.value("read_only", "readOnly", service["read_only"] === true ? true : undefined);
  carrier.value("stop_signal", "stopSignal", signalOf(service["stop_signal"]));
  carrier.value("hostname", "hostname", service.hostname === "" ? undefined : service.hostname);
  carrier.members("sysctls", "sysctls", mappingOf(service["sysctls"]));
  carrier.members("labels", "labels", mappingOf(service["labels"]));
  carrier.members("extra_hosts", "extraHosts", hostsOf(service["extra_hosts"], noteSecond));
  const dns = { servers: listOf("dns"), search: listOf("dns_search"), options: listOf("dns_opt") };
  if (Object.values(dns).some((list) => list !== undefined)) carrier.value("dns", "dns", dns);

  function noteSecond(host: string): void {
    note("lost", `services.${name}.extra_hosts.${host}`, "has several addresses: the last of them is kept");
  }

  function listOf(attribute: string): readonly string[] | undefined {
    const list = service[attribute] as readonly string[] | undefined | null;
    return list === undefined || list === null || list.length === 0 ? undefined : list;
  }
}

/** A user's number may be written as one. An empty user is the image's. */
function userOf(user: unknown): unknown {
  return user === "" ? undefined : typeof user === "number" ? `${user}` : user;
}

/** The signals that a declaration can say, by their numbers on Linux. */
const numbered: Readonly<Record<string, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  9: "SIGKILL",
  10: "SIGUSR1",
  12: "SIGUSR2",
  15: "SIGTERM",
  28: "SIGWINCH",
};

function signalOf(signal: unknown): unknown {
  if (typeof signal !== "string") return signal;
  const name = signal.toUpperCase();
  return numbered[name] ?? (name.startsWith("SIG") ? name : `SIG${name}`);
}

/** A mapping whose members without a value are empty. */
function mappingOf(mapping: unknown): Readonly<Record<string, unknown>> {
  const entries = Object.entries((mapping ?? {}) as Record<string, unknown>);
  return Object.fromEntries(entries.map(([key, value]) => [key, value ?? ""]));
}

/** Compose writes "name:address" or "name=address", and an IPv6 address perhaps in brackets. */
function hostsOf(said: unknown, isAgain: (host: string) => void): Readonly<Record<string, unknown>> {
  const lines = Array.isArray(said)
    ? (said as string[]).map((line) => {
        const [, host = line, address = ""] = /^([^=:]+)[=:](.*)$/.exec(line) ?? [];
        return [host, address] as const;
      })
    : Object.entries(mappingOf(said)).flatMap(([host, addresses]) =>
        [addresses].flat().map((address) => [host, address] as const),
      );
  const hosts = new Map<string, unknown>();
  for (const [host, address] of lines) {
    if (hosts.has(host) && hosts.get(host) !== address) isAgain(host);
    hosts.set(host, bareAddress(address));
  }
  return Object.fromEntries(hosts);
}

function bareAddress(address: unknown): unknown {
  const bare = typeof address === "string" ? address.replace(/^\[(.*)\]$/, "$1") : "";
  return isIP(bare) > 0 ? bare : address;
}

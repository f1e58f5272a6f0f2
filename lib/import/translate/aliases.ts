import { coordinatorName } from "../../model/coordinator-process.ts";
import { isTainted } from "../read/taint.ts";

const alias = /^[a-zA-Z0-9_](?:[a-zA-Z0-9_.-]{0,251}[a-zA-Z0-9_])?$/;

/**
 * The names besides its own that a service is reached by under compose: its compose name, its container's, its host
 * name, its networks' and its links'. What is another service's name, or the coordinator's, can be no alias.
 * @param hosts by every name of a host, the service's in the declaration
 */
export function aliasesOf(name: string, hosts: ReadonlyMap<string, string>): readonly string[] {
  const names = new Set(hosts.values());
  return [...hosts].flatMap(([host, service]) =>
    service === name && canBeAlias(host) && !names.has(host) ? [host] : [],
  );
}

function canBeAlias(host: string): boolean {
  return host !== coordinatorName && alias.test(host) && !isTainted(host);
}

import type * as docker from "@pulumi/docker";
import type { ContainerPlan } from "../../model/plan.ts";
import type { Deployment } from "../deployment.ts";

/** The networks that it is on, its names there, and the names that it knows besides. */
export function networkArgs(name: string, service: ContainerPlan, { networks }: Deployment) {
  const { aliases = [], extraHosts, dns, replica } = service;
  const names = [...new Set([name, ...(replica ? [replica.of] : []), ...aliases])];
  return {
    networkMode: "bridge",
    networksAdvanced: [
      ...service.networks.flatMap((network) => {
        const { name: engineNetwork } = networks[network] ?? {};
        return engineNetwork === undefined ? [] : [{ name: engineNetwork, aliases: names }];
      }),
      // No alias: another stack's service may have the same name there.
      ...(service.externalNetworks ?? []).map((network) => ({ name: network })),
    ],
    ...(extraHosts && { hosts: Object.entries(extraHosts).map(([host, ip]) => ({ host, ip })) }),
    ...(dns?.servers && { dns: dns.servers }),
    ...(dns?.search && { dnsSearches: dns.search }),
    ...(dns?.options && { dnsOpts: dns.options }),
  } satisfies Partial<docker.ContainerArgs>;
}

import type * as docker from "@pulumi/docker";
import type { ContainerPlan } from "../../model/plan.ts";
import type { Deployment } from "../deployment.ts";

/** The networks that it is on, and its names there. */
export function networkArgs(
  name: string,
  service: ContainerPlan,
  { networks }: Deployment,
): Pick<docker.ContainerArgs, "networkMode" | "networksAdvanced"> {
  return {
    networkMode: "bridge",
    networksAdvanced: [
      ...service.networks.flatMap((network) => {
        const { name: engineNetwork } = networks[network] ?? {};
        return engineNetwork === undefined ? [] : [{ name: engineNetwork, aliases: [name] }];
      }),
      // No alias: another stack's service may have the same name there.
      ...(service.externalNetworks ?? []).map((network) => ({ name: network })),
    ],
  };
}

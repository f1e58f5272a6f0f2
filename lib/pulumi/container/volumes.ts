import type * as docker from "@pulumi/docker";
import type { ContainerPlan } from "../../model/plan.ts";

/** The volumes that are its own. */
export function volumeArgs(
  service: ContainerPlan,
  volumes: readonly docker.Volume[],
): Pick<docker.ContainerArgs, "volumes"> {
  return {
    volumes: Object.values(service.volumes).map((containerPath, i) => ({
      volumeName: volumes[i]?.name,
      containerPath,
    })),
  };
}

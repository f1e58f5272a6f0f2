import type * as docker from "@pulumi/docker";
import type { ServicePlan } from "../../model/plan.ts";

/** The volumes that are its own. */
export function volumeArgs(
  service: ServicePlan,
  volumes: readonly docker.Volume[],
): Pick<docker.ContainerArgs, "volumes"> {
  return {
    volumes: Object.values(service.volumes).map((containerPath, i) => ({
      volumeName: volumes[i]?.name,
      containerPath,
    })),
  };
}

import type * as docker from "@pulumi/docker";
import type { ContainerPlan } from "../../model/plan.ts";

/** What it may do on the engine's machine. */
export function privilegeArgs({ capabilities, securityOptions = [], devices, gpus }: ContainerPlan) {
  const { add = [], drop = [] } = capabilities ?? {};
  return {
    securityOpts: ["no-new-privileges:true", ...securityOptions],
    ...(capabilities && {
      capabilities: {
        ...(add.length > 0 && { adds: add.map(engineCapability) }),
        ...(drop.length > 0 && { drops: drop.map(engineCapability) }),
      },
    }),
    ...(devices && {
      devices: Object.entries(devices).map(([containerPath, { host, permissions }]) => ({
        hostPath: host,
        containerPath,
        permissions,
      })),
    }),
    ...(gpus !== undefined && { gpus: Array.isArray(gpus) ? `device=${gpus.join(",")}` : String(gpus) }),
  } satisfies Partial<docker.ContainerArgs>;
}

/** As the engine writes it back: a refresh finds no other one then. */
function engineCapability(name: string): string {
  return name === "all" ? "ALL" : `CAP_${name}`;
}

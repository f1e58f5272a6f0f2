import type * as docker from "@pulumi/docker";
import type { ServicePlan } from "../../model/plan.ts";

/** What runs in it, and what that may do. */
export function processArgs({
  entrypoint,
  command,
  init,
}: ServicePlan): Pick<docker.ContainerArgs, "entrypoints" | "command" | "init" | "securityOpts"> {
  return {
    ...(entrypoint && { entrypoints: entrypoint }),
    ...(command && { command }),
    init,
    securityOpts: ["no-new-privileges:true"],
  };
}

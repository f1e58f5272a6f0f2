import type * as docker from "@pulumi/docker";
import type { ContainerPlan } from "../../model/plan.ts";

/** What runs in it, and on what. Its labels stand with the stack's own. */
export function processArgs({
  entrypoint,
  command,
  init,
  runAs,
  workingDir,
  readOnly,
  stopSignal,
  hostname,
  sysctls,
}: ContainerPlan) {
  return {
    ...(entrypoint && { entrypoints: entrypoint }),
    ...(command && { command }),
    init,
    ...(runAs !== undefined && { user: runAs }),
    ...(workingDir !== undefined && { workingDir }),
    ...(readOnly && { readOnly }),
    ...(stopSignal !== undefined && { stopSignal }),
    ...(hostname !== undefined && { hostname }),
    ...(sysctls && { sysctls }),
  } satisfies Partial<docker.ContainerArgs>;
}

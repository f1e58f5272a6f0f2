import type * as docker from "@pulumi/docker";
import { durationMs } from "../../core/duration.ts";
import type { ContainerPlan } from "../../model/plan.ts";
import { engineName } from "../../model/plan.ts";
import type { Deployment } from "../deployment.ts";
import { labelsOf } from "../labels.ts";
import type { PreparedImage } from "../prepared-image.ts";
import { environmentArgs } from "./environment.ts";
import { healthcheckArgs } from "./healthcheck.ts";
import { loggingArgs } from "./logging.ts";
import { mountArgs } from "./mounts.ts";
import { networkArgs } from "./networks.ts";
import { portArgs } from "./ports.ts";
import { privilegeArgs } from "./privileges.ts";
import { processArgs } from "./process.ts";
import { resourceArgs } from "./resources.ts";
import { volumeArgs } from "./volumes.ts";

/** The container of a service as @pulumi/docker is to create it. Each subject of its options is a file beside this one. */
export function containerArgs(
  name: string,
  service: ContainerPlan,
  deployment: Deployment,
  image: PreparedImage,
  volumes: readonly docker.Volume[],
): docker.ContainerArgs {
  const { plan } = deployment;
  return {
    name: engineName(plan, name),
    image: image.reference,
    labels: [
      ...labelsOf(plan, { phase: service.phase, service: name }),
      ...Object.entries(service.labels ?? {}).map(([label, value]) => ({ label, value })),
    ],
    ...processArgs(service),
    ...environmentArgs(service, deployment),
    ...volumeArgs(service, volumes),
    ...mountArgs(service, deployment.volumes),
    ...portArgs(service),
    ...networkArgs(name, service, deployment),
    ...healthcheckArgs(service),
    ...privilegeArgs(service),
    ...resourceArgs(service),
    ...loggingArgs(service),
    // The coordinator restarts containers, in order; the engine must not do it behind its back.
    restart: "no",
    // ServiceReadiness starts it: it can say why that fails.
    start: false,
    // Whether it runs is the coordinator's to judge, and its report says more.
    mustRun: false,
    destroyGraceSeconds: Math.ceil(durationMs(service.readiness.grace) / 1000),
  };
}

/** Of what @pulumi/docker takes a change for no change, though only another container has it. */
export const replacedOnChange: readonly (keyof docker.ContainerArgs)[] = [
  "healthcheck",
  "tmpfs",
  "init",
  "mounts",
];

/** What ServiceReadiness sets in place. A refresh reads it, and @pulumi/docker would take it for a reason to replace the container. */
export const setElsewhere: readonly (keyof docker.ContainerArgs)[] = ["cpus"];

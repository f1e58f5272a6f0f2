import type * as docker from "@pulumi/docker";
import { publishedPorts } from "../../model/container/ports.ts";
import type { ServicePlan } from "../../model/plan.ts";

/** What of it is published on the engine's machine. */
export function portArgs(service: ServicePlan): Pick<docker.ContainerArgs, "ports"> {
  const published = publishedPorts(service);
  if (published.length === 0) return {};
  return {
    ports: published.map(({ ip, port, containerPort, protocol }) => ({
      ...{ ip, external: port, internal: containerPort, protocol },
    })),
  };
}

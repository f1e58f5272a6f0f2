import type * as docker from "@pulumi/docker";
import { sizeMib } from "../../core/size.ts";
import type { ServicePlan } from "../../model/plan.ts";

/** What it may use of the engine's machine. @pulumi/docker counts in MiB. */
export function resourceArgs({
  resources = {},
}: ServicePlan): Pick<
  docker.ContainerArgs,
  "memory" | "memorySwap" | "memoryReservation" | "shmSize" | "ulimits"
> {
  const { memory, swap, memoryReservation, shmSize, ulimits } = resources;
  return {
    ...(memory && { memory: sizeMib(memory) }),
    // The engine counts memory and swap together, and refuses to raise the one above the other.
    ...(memory && swap && { memorySwap: swap === "unlimited" ? -1 : sizeMib(memory) + sizeMib(swap) }),
    ...(memoryReservation && { memoryReservation: sizeMib(memoryReservation) }),
    ...(shmSize && { shmSize: sizeMib(shmSize) }),
    ...(ulimits && {
      ulimits: Object.entries(ulimits).map(([name, { soft, hard }]) => ({ name, soft, hard })),
    }),
  };
}

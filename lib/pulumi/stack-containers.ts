import * as pulumi from "@pulumi/pulumi";
import { coordinatorName } from "../model/check-declaration.ts";
import { mapValues } from "../core/record.ts";
import { irrevocableLimits } from "../model/container/resources.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { containersOf, engineName } from "../model/plan.ts";
import { rowOf } from "./row.ts";

// See service-readiness.ts for why this is so small.
const provider: pulumi.dynamic.ResourceProvider = {
  check: async (olds, news) => (await import("phasegate/providers/stack-containers")).check(olds, news),
  create: async (inputs) => (await import("phasegate/providers/stack-containers")).create(inputs),
  update: async (id, olds, news) =>
    (await import("phasegate/providers/stack-containers")).update(id, olds, news),
  diff: async (id, olds, news) => (await import("phasegate/providers/stack-containers")).diff(id, olds, news),
};

const type = "pulumi-nodejs:dynamic/phasegate:StackContainers";

/**
 * Finds, in every preview and `up`, the containers that are not on the engine any more, so that they are created again.
 * A container has its number of creations as its replacement trigger: Pulumi replaces it when that is another one.
 */
export class StackContainers extends pulumi.dynamic.Resource {
  /** By service, the coordinator among them. Absent where an update with targets has left this resource out. */
  declare readonly creations: pulumi.Output<Record<string, number> | undefined>;

  constructor(plan: LifecyclePlan, host: string | undefined, opts: pulumi.CustomResourceOptions) {
    const services = [coordinatorName, ...Object.keys(containersOf(plan))];
    const names = Object.fromEntries(services.map((service) => [service, engineName(plan, service)]));
    super(
      provider,
      "containers",
      {
        row: rowOf("containers", type, opts.parent),
        host,
        names,
        limited: limited(plan),
        creations: undefined,
      },
      opts,
      "phasegate",
      "StackContainers",
    );
  }

  /** What the container of a service has as its replacement trigger. To Pulumi, null is no trigger. */
  trigger(service: string): pulumi.Output<number | null> {
    return this.creations.apply((creations) => creations?.[service] ?? null);
  }
}

/** The names of the limits that each container has and that the engine does not take away again, by service. */
function limited({ services }: LifecyclePlan): Record<string, string[]> {
  return mapValues(services, ({ resources = {} }) => irrevocableLimits.filter((limit) => limit in resources));
}

import type * as pulumi from "@pulumi/pulumi";
import { coordinatorName } from "../model/coordinator-process.ts";
import { mapValues } from "../core/record.ts";
import { irrevocableLimits } from "../model/container/resources.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { containersOf, engineName } from "../model/plan.ts";
import { startedAtCreation } from "./started-at-creation.ts";
import { providedType, ProvidedResource } from "./provided-resource.ts";
import type * as operations from "./providers/stack-containers.ts";

const type = providedType<typeof operations>("StackContainers", "stack-containers", [
  "check",
  "create",
  "update",
  "diff",
]);

/**
 * Finds, in every preview and `up`, the containers that are not on the engine any more, so that they are created again.
 * A container has its number of creations as its replacement trigger: Pulumi replaces it when that is another one.
 */
export class StackContainers extends ProvidedResource {
  /** By service, the coordinator among them. Absent where an update with targets has left this resource out. */
  declare readonly creations: pulumi.Output<Record<string, number> | undefined>;

  constructor(plan: LifecyclePlan, host: string | undefined, opts: pulumi.CustomResourceOptions) {
    const services = [coordinatorName, ...Object.keys(containersOf(plan))];
    const names = Object.fromEntries(services.map((service) => [service, engineName(plan, service)]));
    super(
      type,
      "containers",
      {
        host,
        names,
        limited: limited(plan),
        startedAtCreation: startedAtCreation(plan),
        creations: undefined,
      },
      opts,
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

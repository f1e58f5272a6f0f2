import * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { LifecyclePlan } from "../model/plan.ts";
import { networkName } from "../model/plan.ts";
import { labelRecord, labelsOf } from "./labels.ts";
import { providedType, ProvidedResource } from "./provided-resource.ts";
import type * as operations from "./providers/stack-network.ts";

/** A network of the stack, whichever resource has made it. */
export type StackNetwork = pulumi.Resource & { readonly name: pulumi.Output<string> };

const type = providedType<typeof operations>("StackNetwork", "stack-network", [
  "check",
  "create",
  "diff",
  "remove",
]);

/**
 * A bridge network of the engine. The network of @pulumi/docker is there as soon, and says so two seconds later: it sleeps that
 * long before it reads what it has created, and again when it deletes. All containers of a stack wait for its network.
 */
class OwnNetwork extends ProvidedResource {
  declare readonly name: pulumi.Output<string>;

  constructor(
    resourceName: string,
    inputs: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
    host: string | undefined,
    opts: pulumi.CustomResourceOptions,
  ) {
    super(type, resourceName, { ...inputs, host, creations: undefined }, opts);
  }
}

/**
 * The resource of one of a stack's networks.
 * @param name as services give it
 * @param byEarlierVersion whether @pulumi/docker has made it, as it did in earlier versions: the state knows it as such, and
 *   another resource would have to take it away from under the running containers
 */
export function stackNetwork(
  plan: LifecyclePlan,
  name: string,
  host: string | undefined,
  byEarlierVersion: boolean,
  opts: pulumi.CustomResourceOptions,
): StackNetwork {
  const resourceName = name === "default" ? "network" : `network-${name}`;
  const inputs = { name: networkName(plan, name) };
  return byEarlierVersion
    ? new docker.Network(resourceName, { ...inputs, labels: labelsOf(plan) }, opts)
    : new OwnNetwork(resourceName, { ...inputs, labels: labelRecord(plan, { network: name }) }, host, opts);
}

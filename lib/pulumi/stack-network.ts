import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { LifecyclePlan } from "../model/plan.ts";
import { networkName } from "../model/plan.ts";
import { labelRecord, labelsOf } from "./labels.ts";
import { rowOf } from "./row.ts";

/** A network of the stack, whichever resource has made it. */
export type StackNetwork = pulumi.Resource & { readonly name: pulumi.Output<string> };

// See service-readiness.ts for why this is so small.
const provider: pulumi.dynamic.ResourceProvider = {
  check: async (olds, news) => (await import("phasegate/providers/stack-network")).check(olds, news),
  create: async (inputs) => (await import("phasegate/providers/stack-network")).create(inputs),
  diff: async (id, olds, news) => (await import("phasegate/providers/stack-network")).diff(id, olds, news),
  delete: async (id, props) => (await import("phasegate/providers/stack-network")).remove(id, props),
};

const type = "pulumi-nodejs:dynamic/phasegate:StackNetwork";

/**
 * A bridge network of the engine. The network of @pulumi/docker is there as soon, and says so two seconds later: it sleeps that
 * long before it reads what it has created, and again when it deletes. All containers of a stack wait for its network.
 */
class OwnNetwork extends pulumi.dynamic.Resource {
  declare readonly name: pulumi.Output<string>;

  constructor(
    resourceName: string,
    inputs: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
    host: string | undefined,
    opts: pulumi.CustomResourceOptions,
  ) {
    super(
      provider,
      resourceName,
      { ...inputs, row: rowOf(resourceName, type, opts.parent), host, creations: undefined },
      opts,
      "phasegate",
      "StackNetwork",
    );
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

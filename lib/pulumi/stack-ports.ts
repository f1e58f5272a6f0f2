import * as pulumi from "@pulumi/pulumi";
import { mapValues } from "../core/record.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { containersOf } from "../model/plan.ts";
import { portClaims } from "./check-ports.ts";
import { rowOf } from "./row.ts";

// See service-readiness.ts for why this is so small.
const provider: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => (await import("phasegate/providers/stack-ports")).create(inputs),
  update: async (id, olds, news) => (await import("phasegate/providers/stack-ports")).update(id, olds, news),
  diff: async (id, olds, news) => (await import("phasegate/providers/stack-ports")).diff(id, olds, news),
};

const type = "pulumi-nodejs:dynamic/phasegate:StackPorts";

/**
 * The ports that a stack publishes. When one goes from a service to another, the container that holds it is stopped
 * before any container is replaced: Pulumi creates the new holder first, and the engine would refuse it.
 */
export class StackPorts extends pulumi.dynamic.Resource {
  constructor(plan: LifecyclePlan, host: string | undefined, opts: pulumi.CustomResourceOptions) {
    const graces = mapValues(containersOf(plan), ({ readiness }) => readiness.grace);
    super(
      provider,
      "ports",
      { row: rowOf("ports", type, opts.parent), host, ...portClaims(plan), graces },
      opts,
      "phasegate",
      "StackPorts",
    );
  }
}

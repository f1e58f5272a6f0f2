import type * as pulumi from "@pulumi/pulumi";
import { mapValues } from "../core/record.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { containersOf } from "../model/plan.ts";
import { portClaims } from "./check-ports.ts";
import { providedType, ProvidedResource } from "./provided-resource.ts";
import type * as operations from "./providers/stack-ports.ts";

const type = providedType<typeof operations>("StackPorts", "stack-ports", ["create", "update", "diff"]);

/**
 * The ports that a stack publishes. When one goes from a service to another, the container that holds it is stopped
 * before any container is replaced: Pulumi creates the new holder first, and the engine would refuse it.
 */
export class StackPorts extends ProvidedResource {
  constructor(plan: LifecyclePlan, host: string | undefined, opts: pulumi.CustomResourceOptions) {
    const graces = mapValues(containersOf(plan), ({ readiness }) => readiness.grace);
    super(type, "ports", { host, ...portClaims(plan), graces }, opts);
  }
}

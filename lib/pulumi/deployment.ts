import type * as docker from "@pulumi/docker";
import type * as pulumi from "@pulumi/pulumi";
import type { LifecyclePlan } from "../model/plan.ts";
import type { Coordinator } from "./coordinator.ts";

/** What all parts of one deployment share. */
export interface Deployment {
  readonly plan: LifecyclePlan;
  /** All services in the order in which they are restarted. */
  readonly order: readonly string[];
  /** The engine's address; undefined for docker's own default. */
  readonly host: string | undefined;
  /** The value of every secret that the plan names. */
  readonly secrets: pulumi.Output<Record<string, string>>;
  /** The stack's networks by the names that services give. */
  readonly networks: Readonly<Record<string, docker.Network>>;
  readonly coordinator: Coordinator;
}

import type * as pulumi from "@pulumi/pulumi";
import type { RegistryAccount } from "../engine/registry-account.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import type { SharedVolumes } from "./container/mounts.ts";
import type { Coordinator } from "./coordinator.ts";
import type { PreparedImage } from "./prepared-image.ts";
import type { StackSecret } from "./secrets.ts";
import type { StackContainers } from "./stack-containers.ts";
import type { StackNetwork } from "./stack-network.ts";
import type { StackPorts } from "./stack-ports.ts";

/** What all parts of one deployment share. */
export interface Deployment {
  readonly plan: LifecyclePlan;
  /** All services in the order in which they are restarted. */
  readonly order: readonly string[];
  /** The engine's address; undefined for docker's own default. */
  readonly host: string | undefined;
  /** Every secret that the plan names. One output a secret: one that is unknown in a preview leaves the others known. */
  readonly secrets: Readonly<Record<string, StackSecret>>;
  /** The accounts of registries; undefined where the declaration has none. */
  readonly accounts?: pulumi.Output<readonly RegistryAccount[]>;
  /** The stack's networks by the names that services give. */
  readonly networks: Readonly<Record<string, StackNetwork>>;
  readonly volumes: SharedVolumes;
  readonly coordinator: Coordinator;
  readonly containers: StackContainers;
  /** The image of each service that is a container. */
  readonly images: Readonly<Record<string, PreparedImage>>;
  readonly ports: StackPorts;
  /** The jobs that run once and have. */
  readonly completed: ReadonlySet<string>;
}

import type * as pulumi from "@pulumi/pulumi";
import type { DeepInputs } from "./deep-inputs.ts";
import type { ServiceReadinessInputs, WantedService } from "./providers/readiness-inputs.ts";
import { providedType, ProvidedResource } from "./provided-resource.ts";
import type * as operations from "./providers/service-readiness.ts";

const type = providedType<typeof operations>("ServiceReadiness", "service-readiness", [
  "check",
  "create",
  "update",
  "diff",
]);

type ServiceReadinessArgs = Omit<ServiceReadinessInputs, "row">;

/**
 * What a gate expects of one service, as typed properties: what a reviewer sees in `pulumi preview --diff`.
 * Creating or changing it informs the coordinator, which begins to probe at that moment; it does not wait.
 */
export class ServiceReadiness extends ProvidedResource {
  /** What the phase's gate waits for; another one makes it wait again. */
  declare readonly wanted: pulumi.Output<WantedService>;
  /** Names what an `up` has begun: this container, or its last restart that an `up` wanted. */
  declare readonly generation: pulumi.Output<string>;

  constructor(
    name: string,
    inputs: pulumi.Inputs & {
      [K in keyof ServiceReadinessArgs]: DeepInputs<ServiceReadinessArgs[K]>;
    },
    opts: pulumi.CustomResourceOptions,
  ) {
    super(type, name, { ...inputs, wanted: undefined, generation: undefined }, opts);
  }
}

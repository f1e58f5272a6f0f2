import * as pulumi from "@pulumi/pulumi";
import type { DeepInputs } from "./deep-inputs.ts";
import { rowOf } from "./row.ts";
import type { ServiceReadinessInputs, WantedService } from "./providers/readiness-inputs.ts";

// Pulumi writes this object into the state of every resource. It holds no more than the way to the
// implementation, so that the state does not change when the implementation does. There is no delete():
// destroying a stack needs nothing of this code.
const provider: pulumi.dynamic.ResourceProvider = {
  check: async (olds, news) => (await import("phasegate/providers/service-readiness")).check(olds, news),
  create: async (inputs) => (await import("phasegate/providers/service-readiness")).create(inputs),
  update: async (id, olds, news) =>
    (await import("phasegate/providers/service-readiness")).update(id, olds, news),
  diff: async (id, olds, news) =>
    (await import("phasegate/providers/service-readiness")).diff(id, olds, news),
};

type ServiceReadinessArgs = Omit<ServiceReadinessInputs, "row">;

const type = "pulumi-nodejs:dynamic/phasegate:ServiceReadiness";

/**
 * What a gate expects of one service, as typed properties: what a reviewer sees in `pulumi preview --diff`.
 * Creating or changing it informs the coordinator, which begins to probe at that moment; it does not wait.
 */
export class ServiceReadiness extends pulumi.dynamic.Resource {
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
    super(
      provider,
      name,
      { ...inputs, row: rowOf(name, type, opts.parent), wanted: undefined, generation: undefined },
      opts,
      "phasegate",
      "ServiceReadiness",
    );
  }
}

import * as pulumi from "@pulumi/pulumi";
import type { ServiceReadinessInputs } from "./providers/service-readiness.ts";

// Pulumi writes this object into the state of every resource. It holds no more than the way to the
// implementation, so that the state does not change when the implementation does. There is no delete():
// destroying a stack needs nothing of this code.
const provider: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => (await import("phasegate/providers/service-readiness")).create(inputs),
  update: async (id, olds, news) =>
    (await import("phasegate/providers/service-readiness")).update(id, olds, news),
  diff: async (id, olds, news) =>
    (await import("phasegate/providers/service-readiness")).diff(id, olds, news),
};

/**
 * What a gate expects of one service, as typed properties: what a reviewer sees in `pulumi preview --diff`.
 * Creating or changing it tells the coordinator, which begins to probe at that moment; it does not wait.
 */
export class ServiceReadiness extends pulumi.dynamic.Resource {
  /** Names this container and this expectation; another one makes the phase's gate prove again. */
  declare readonly registration: pulumi.Output<string>;

  constructor(
    name: string,
    inputs: pulumi.Inputs & { [K in keyof ServiceReadinessInputs]: pulumi.Input<ServiceReadinessInputs[K]> },
    opts: pulumi.CustomResourceOptions,
  ) {
    super(provider, name, { ...inputs, registration: undefined }, opts, "phasegate", "ServiceReadiness");
  }
}

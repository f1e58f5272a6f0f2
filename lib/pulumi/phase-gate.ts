import * as pulumi from "@pulumi/pulumi";
import type { DeepInputs } from "./deep-inputs.ts";
import type { PhaseGateInputs, ReadyTimes } from "./providers/phase-gate.ts";

// See service-readiness.ts for why this is so small.
const provider: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => (await import("phasegate/providers/phase-gate")).create(inputs),
  update: async (id, olds, news) => (await import("phasegate/providers/phase-gate")).update(id, olds, news),
  diff: async (id, olds, news) => (await import("phasegate/providers/phase-gate")).diff(id, olds, news),
};

/** The Pulumi type of a gate, as it stands in a URN. */
export const phaseGateType = "pulumi-nodejs:dynamic/phasegate:PhaseGate";

/**
 * Waits until every service of a phase is ready, or the deadline has passed; its row shows what it waits for.
 * The containers of the phases that depend on this one depend on this resource, and on nothing else of it.
 */
export class PhaseGate extends pulumi.dynamic.Resource {
  /** The generation of each service that it has proven. */
  declare readonly generations: pulumi.Output<Record<string, string>>;
  /** How each service came to be ready. */
  declare readonly ready: pulumi.Output<Record<string, ReadyTimes>>;

  constructor(
    name: string,
    inputs: { [K in keyof PhaseGateInputs]: DeepInputs<PhaseGateInputs[K]> },
    opts: pulumi.CustomResourceOptions,
  ) {
    super(provider, name, { ...inputs, ready: undefined }, opts, "phasegate", "PhaseGate");
  }
}

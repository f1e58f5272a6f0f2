import type * as pulumi from "@pulumi/pulumi";
import type { DeepInputs } from "./deep-inputs.ts";
import type { PhaseGateInputs, ReadyTimes } from "./providers/phase-gate.ts";
import { providedType, ProvidedResource } from "./provided-resource.ts";
import type * as operations from "./providers/phase-gate.ts";

const type = providedType<typeof operations>("PhaseGate", "phase-gate", ["create", "update", "diff"]);

/**
 * Waits until every service of a phase is ready, or the deadline has passed; its row shows what it waits for.
 * The containers of the phases that depend on this one depend on this resource, and on nothing else of it.
 */
export class PhaseGate extends ProvidedResource {
  /** The generation of each service that it has proven. */
  declare readonly generations: pulumi.Output<Record<string, string>>;
  /** How each service came to be ready. */
  declare readonly ready: pulumi.Output<Record<string, ReadyTimes>>;

  constructor(
    name: string,
    inputs: { [K in keyof Omit<PhaseGateInputs, "row">]: DeepInputs<PhaseGateInputs[K]> },
    opts: pulumi.CustomResourceOptions,
  ) {
    super(type, name, { ...inputs, ready: undefined }, opts);
  }
}

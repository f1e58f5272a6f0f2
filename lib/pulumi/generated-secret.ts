import * as pulumi from "@pulumi/pulumi";
import type { GeneratedSecretInputs } from "./providers/generated-secret.ts";

// See service-readiness.ts for why this is so small.
const provider: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => (await import("phasegate/providers/generated-secret")).create(inputs),
};

/**
 * A random value, made up once and kept in the state as a Pulumi secret. It changes when the resource is replaced or
 * made again, and not before; the stack's config wins over it.
 */
export class GeneratedSecret extends pulumi.dynamic.Resource {
  declare readonly value: pulumi.Output<string>;

  constructor(name: string, inputs: GeneratedSecretInputs, opts: pulumi.CustomResourceOptions) {
    super(
      provider,
      name,
      { ...inputs, secret: name, value: undefined },
      // Where its data is matters while the value is made up, and never after.
      { ...opts, additionalSecretOutputs: ["value"], ignoreChanges: ["volumes", "host", "stack"] },
      "phasegate",
      "GeneratedSecret",
    );
  }
}

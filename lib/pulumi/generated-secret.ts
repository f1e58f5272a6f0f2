import type * as pulumi from "@pulumi/pulumi";
import type { GeneratedSecretInputs } from "./providers/generated-secret.ts";
import { providedType, ProvidedResource } from "./provided-resource.ts";
import type * as operations from "./providers/generated-secret.ts";

const type = providedType<typeof operations>("GeneratedSecret", "generated-secret", ["create", "diff"]);

/**
 * A random value, made up once and kept in the state as a Pulumi secret. It changes when the resource is replaced or
 * made again, and not before; the stack's config wins over it.
 */
export class GeneratedSecret extends ProvidedResource {
  declare readonly value: pulumi.Output<string>;

  constructor(name: string, inputs: GeneratedSecretInputs, opts: pulumi.CustomResourceOptions) {
    super(
      type,
      name,
      { ...inputs, secret: name, value: undefined },
      // Where its data is matters while the value is made up, and never after.
      { ...opts, additionalSecretOutputs: ["value"], ignoreChanges: ["volumes", "host", "stack"] },
    );
  }
}

import * as pulumi from "@pulumi/pulumi";

/** A type of resource, and the text of its provider. */
export interface ProvidedType {
  /** As it stands in a URN: "pulumi-nodejs:dynamic/phasegate:PhaseGate". */
  readonly urnType: string;
  readonly provider: string;
}

/** What a module of `providers/` may export. `remove` is Pulumi's delete, which cannot be a function's name. */
type Operation = "check" | "create" | "update" | "diff" | "remove";

/**
 * The type of the resources that a module of `providers/` looks after.
 *
 * Pulumi writes the provider's text into the state of every resource, and runs it in its process for dynamic resources. It holds no
 * more than the way to the implementation, so that the state does not change when the implementation does. Where it has no `remove`,
 * taking a stack away needs nothing of this code.
 * @param module the file's name in `providers/`
 * @param operations what the module exports; `diff` is required, since without it Pulumi takes another text for a change
 */
export function providedType<Module extends { diff: unknown }>(
  type: string,
  module: string,
  operations: readonly (keyof Module & Operation)[],
): ProvidedType {
  const methods = operations.map((operation) => {
    const name = operation === "remove" ? "delete" : operation;
    return `${name}: async (...given) => (await import("phasegate/providers/${module}")).${operation}(...given)`;
  });
  return {
    urnType: `pulumi-nodejs:dynamic/phasegate:${type}`,
    provider: `exports.handler = () => ({\n  ${methods.join(",\n  ")},\n});\n`,
  };
}

/**
 * A dynamic resource. `pulumi.dynamic.Resource` is not its base: that one serialises closures to find the provider's text,
 * which costs every preview and `up` some 100 ms and is known here beforehand.
 */
export abstract class ProvidedResource extends pulumi.CustomResource {
  constructor(
    { urnType, provider }: ProvidedType,
    name: string,
    inputs: pulumi.Inputs,
    opts: pulumi.CustomResourceOptions,
  ) {
    const row = rowOf(name, urnType, opts.parent);
    super(urnType, name, { ...inputs, row, __provider: provider }, opts);
  }
}

/**
 * The URN that a resource will have, for the progress on its row: it cannot ask for its own. Handed over as a
 * promise, for an output made from the parent would make the resource wait for all of the parent's children,
 * itself among them.
 */
function rowOf(name: string, type: string, parent: pulumi.Resource | undefined): Promise<string> {
  return new Promise((resolve) => pulumi.createUrn(name, type, parent).apply(resolve));
}

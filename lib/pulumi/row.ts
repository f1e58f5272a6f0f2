import * as pulumi from "@pulumi/pulumi";

/**
 * The URN that a resource will have, for the progress on its row: it cannot ask for its own. Handed over as a
 * promise, for an output made from the parent would make the resource wait for all of the parent's children,
 * itself among them.
 */
export function rowOf(name: string, type: string, parent: pulumi.Resource | undefined): Promise<string> {
  return new Promise((resolve) => pulumi.createUrn(name, type, parent).apply(resolve));
}

import type * as pulumi from "@pulumi/pulumi";

/**
 * The arguments of a resource, of which any value at any depth may come from another resource. Not wrapped in one
 * output: that would be unknown as a whole in a preview as soon as one part of it is.
 */
export type DeepInputs<T> =
  pulumi.Input<T> | (T extends object ? { readonly [K in keyof T]: DeepInputs<T[K]> } : never);

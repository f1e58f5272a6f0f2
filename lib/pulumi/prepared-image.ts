import * as pulumi from "@pulumi/pulumi";
import { bundleReference } from "../engine/bundle-image.ts";
import type { ServicePlan } from "../model/plan.ts";
import { rowOf } from "./row.ts";

// See service-readiness.ts for why this is so small.
const provider: pulumi.dynamic.ResourceProvider = {
  create: async (inputs) => (await import("phasegate/providers/prepared-image")).create(inputs),
  update: async (id, olds, news) =>
    (await import("phasegate/providers/prepared-image")).update(id, olds, news),
  diff: async (id, olds, news) => (await import("phasegate/providers/prepared-image")).diff(id, olds, news),
};

const type = "pulumi-nodejs:dynamic/phasegate:PreparedImage";

/**
 * An image on the engine: pulled, or built from source, or, where no registry can be reached, the stand-in
 * that this machine has built. Which of these it is stands in `source`, in the state and in the outputs.
 */
export class PreparedImage extends pulumi.dynamic.Resource {
  /** The reference to run. */
  declare readonly reference: pulumi.Output<string>;
  declare readonly source: pulumi.Output<"registry" | "stand-in" | "built">;

  constructor(
    name: string,
    image: ServicePlan["image"],
    host: string | undefined,
    opts: pulumi.CustomResourceOptions,
  ) {
    const row = rowOf(name, type, opts.parent);
    const wanted = "bundle" in image ? bundleReference(process.cwd(), image.bundle) : image.reference;
    const bundle = "bundle" in image ? image.bundle : undefined;
    super(
      provider,
      name,
      { row, host, wanted, bundle, reference: undefined, source: undefined },
      opts,
      "phasegate",
      "PreparedImage",
    );
  }
}

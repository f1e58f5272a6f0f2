import * as pulumi from "@pulumi/pulumi";
import type { BundleParts } from "../engine/bundle-image.ts";
import type { PullPolicy } from "../engine/images.ts";
import type { RegistryAccount } from "../engine/registry-account.ts";
import { referenceOf } from "./bundle-references.ts";
import type { CheckedRun, DockerfileInputs } from "./providers/prepared-image.ts";
import { rowOf } from "./row.ts";

// See service-readiness.ts for why this is so small.
const provider: pulumi.dynamic.ResourceProvider = {
  check: async (olds, news) => (await import("phasegate/providers/prepared-image")).check(olds, news),
  create: async (inputs) => (await import("phasegate/providers/prepared-image")).create(inputs),
  update: async (id, olds, news) =>
    (await import("phasegate/providers/prepared-image")).update(id, olds, news),
  diff: async (id, olds, news) => (await import("phasegate/providers/prepared-image")).diff(id, olds, news),
};

/** An image by reference, perhaps built from a Dockerfile, or one that is bundled from source, perhaps with parts that it loads at run time. */
export type ImageSource = (
  | {
      readonly reference: string;
      readonly dockerfile?: DockerfileInputs;
      readonly secrets?: pulumi.Input<Record<string, string>>;
    }
  | { readonly bundle: string; readonly parts?: BundleParts }
) & {
  readonly pull?: PullPolicy;
  readonly platform?: string;
  /** Of the registry that it is pulled from, or of those that its base images are. */
  readonly accounts?: pulumi.Input<readonly RegistryAccount[]>;
  /** How a container is to run it, which is checked once the image is there. */
  readonly run?: CheckedRun;
};

const type = "pulumi-nodejs:dynamic/phasegate:PreparedImage";

/**
 * An image on the engine: pulled, or there already, or built from source, or, where no registry can be reached, the
 * stand-in that this machine has built. Which of these it is stands in `source`, in the state and in the outputs.
 */
export class PreparedImage extends pulumi.dynamic.Resource {
  /** The reference to run. */
  declare readonly reference: pulumi.Output<string>;
  declare readonly source: pulumi.Output<"registry" | "local" | "stand-in" | "built">;

  constructor(
    name: string,
    image: ImageSource,
    host: string | undefined,
    opts: pulumi.CustomResourceOptions,
  ) {
    const row = rowOf(name, type, opts.parent);
    const { bundle, parts } = "bundle" in image ? image : {};
    const { dockerfile, secrets } = "bundle" in image ? {} : image;
    const wanted = "bundle" in image ? referenceOf(image.bundle, parts) : image.reference;
    super(
      provider,
      name,
      {
        row,
        host,
        wanted,
        bundle,
        parts,
        dockerfile,
        secrets,
        pull: image.pull,
        platform: image.platform,
        accounts: image.accounts,
        run: image.run,
        reference: undefined,
        source: undefined,
      },
      opts,
      "phasegate",
      "PreparedImage",
    );
  }
}

import type * as pulumi from "@pulumi/pulumi";
import type { BundleParts } from "../engine/bundle.ts";
import type { PullPolicy } from "../engine/images.ts";
import type { RegistryAccount } from "../engine/registry-account.ts";
import { referenceOf } from "./bundle-references.ts";
import type { CheckedRun, DockerfileInputs } from "./providers/prepared-image.ts";
import { providedType, ProvidedResource } from "./provided-resource.ts";
import type * as operations from "./providers/prepared-image.ts";

const type = providedType<typeof operations>("PreparedImage", "prepared-image", [
  "check",
  "create",
  "update",
  "diff",
]);

/** As it stands in the URNs of images. */
export const imageUrnType = type.urnType;

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
  /** How containers are to run it, which is checked once the image is there. */
  readonly runs?: readonly CheckedRun[];
};

/**
 * An image on the engine: pulled, or there already, or built from source, or, where no registry can be reached, the
 * stand-in that this machine has built. Which of these it is stands in `source`, in the state and in the outputs.
 */
export class PreparedImage extends ProvidedResource {
  /** The reference to run. */
  declare readonly reference: pulumi.Output<string>;
  declare readonly source: pulumi.Output<"registry" | "local" | "stand-in" | "built">;

  constructor(
    name: string,
    image: ImageSource,
    host: string | undefined,
    opts: pulumi.CustomResourceOptions,
  ) {
    const { bundle, parts } = "bundle" in image ? image : {};
    const { dockerfile, secrets } = "bundle" in image ? {} : image;
    const wanted = "bundle" in image ? referenceOf(image.bundle, parts) : image.reference;
    super(
      type,
      name,
      {
        host,
        wanted,
        bundle,
        parts,
        dockerfile,
        secrets,
        pull: image.pull,
        platform: image.platform,
        accounts: image.accounts,
        runs: image.runs,
        reference: undefined,
        source: undefined,
      },
      opts,
    );
  }
}

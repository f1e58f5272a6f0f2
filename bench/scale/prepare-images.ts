import type Docker from "dockerode";
import { bundleReference, nodeImage, prepareBundle } from "../../lib/engine/bundle-image.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { coordinatorSource } from "../../lib/pulumi/coordinator-image.ts";

/**
 * Builds and pulls what is not there yet, which is not measured.
 * @returns the reference that the engine has of the services' image
 */
export async function prepareImages(docker: Docker, say: (text: string) => void): Promise<string> {
  say("once, not measured: what is not there yet is built now");
  const { bundle, parts } = coordinatorSource();
  const reference = await bundleReference(process.cwd(), bundle, parts);
  await prepareBundle(docker, process.cwd(), bundle, reference, say, parts);
  return (await prepareImage(docker, nodeImage, say)).reference;
}

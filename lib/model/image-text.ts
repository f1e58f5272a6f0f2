import type { ContainerPlan } from "./plan.ts";

/** What a service's image is made of, as people know it: a reference, an entry file, the folder of a Dockerfile. */
export function imageText(image: ContainerPlan["image"]): string {
  if ("reference" in image) return image.reference;
  return "bundle" in image ? image.bundle : image.dockerfile;
}

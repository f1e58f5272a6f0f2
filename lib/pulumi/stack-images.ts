import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { nodeImage } from "../engine/bundle-image.ts";
import type { ContainerPlan, LifecyclePlan } from "../model/plan.ts";
import { containersOf } from "../model/plan.ts";
import { registryOf } from "../model/registries.ts";
import { dockerfileSource } from "./container/dockerfile-source.ts";
import { checkedMounts } from "./container/mounts.ts";
import type { Deployment } from "./deployment.ts";
import type { ImageSource } from "./prepared-image.ts";
import { imageUrnType, PreparedImage } from "./prepared-image.ts";
import type { CheckedRun } from "./providers/prepared-image.ts";

type SharedImage = Pick<ContainerPlan, "image" | "pull" | "platform">;

/** How many services an image is looked for under that earlier versions prepared for each service by itself. */
const mostAliases = 3;

/**
 * The image of each service. Services that run the same image share its resource: each resource is questions to its provider, one after
 * the other, and more of a state that Pulumi writes whole twice for each change.
 */
export function stackImages(
  plan: LifecyclePlan,
  deployment: Pick<Deployment, "secrets" | "accounts" | "host">,
  stack: pulumi.Resource,
): Readonly<Record<string, PreparedImage>> {
  const images: Record<string, PreparedImage> = {};
  const groups = sharedImages(plan);
  const names = groups.map(([[, shared]]) => imageName(shared));
  for (const sharing of groups) {
    const [[, shared]] = sharing;
    const plain = imageName(shared);
    const isOnlyOne = names.indexOf(plain) === names.lastIndexOf(plain);
    const image = new PreparedImage(
      // When it is pulled says nothing of which image it is: another row would have a preview replace containers for it.
      shared.pull === undefined || isOnlyOne ? plain : `${plain}, pull ${shared.pull}`,
      { ...imageSource(shared, deployment), runs: runsOf(sharing) },
      deployment.host,
      {
        parent: stack,
        // What a preview does not know, it says of all containers that are to run it: so the image stays the one that they run.
        aliases: sharing.slice(0, mostAliases).map(([name, { phase }]) => earlierUrn(name, phase, stack)),
      },
    );
    for (const [name] of sharing) images[name] = image;
  }
  return images;
}

type Named = readonly [name: string, service: ContainerPlan];

/** The services of a plan, those together that run the same image: none of these lists is empty. */
function sharedImages(plan: LifecyclePlan): readonly (readonly [Named, ...Named[]])[] {
  const groups = new Map<string, [Named, ...Named[]]>();
  for (const named of Object.entries(containersOf(plan))) {
    const [, { image, pull, platform }] = named;
    const key = JSON.stringify([image, pull, platform]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [named]);
    else group.push(named);
  }
  return [...groups.values()];
}

/**
 * The name of an image's row: what the declaration says, "postgres:17" or "services/api/main.ts". It is another one for each of the
 * stack's images, and stays while only what is built changes, so that a preview shows that as an update.
 */
function imageName({ image, platform }: SharedImage): string {
  const parts = [
    ...("reference" in image
      ? [image.reference]
      : "bundle" in image
        ? [image.bundle]
        : dockerfileName(image)),
    ...(platform === undefined ? [] : [platform]),
  ];
  return parts.join(", ");
}

function dockerfileName({
  dockerfile: folder,
  file,
  target,
  args,
  secrets,
}: Extract<ContainerPlan["image"], { dockerfile: string }>): readonly string[] {
  const options = args === undefined && secrets === undefined ? undefined : JSON.stringify([args, secrets]);
  return [
    file === "Dockerfile" ? folder : `${folder}/${file}`,
    ...(target === undefined ? [] : [target]),
    ...(options === undefined ? [] : [createHash("sha256").update(options).digest("hex").slice(0, 8)]),
  ];
}

function imageSource(
  { image, pull, platform }: SharedImage,
  { secrets, accounts }: Pick<Deployment, "secrets" | "accounts">,
): ImageSource {
  const source = "dockerfile" in image ? dockerfileSource(image, secrets, platform) : image;
  const ofRegistry = registryOf("reference" in image ? image.reference : nodeImage);
  const needed =
    "dockerfile" in image
      ? accounts
      : accounts?.apply((all) => all.filter(({ registry }) => registry === ofRegistry));
  return {
    ...source,
    ...(pull !== undefined && { pull }),
    ...(platform !== undefined && { platform }),
    ...(needed && { accounts: needed }),
  };
}

/** What is checked of containers before those that run are deleted: services that run the image in the same way stand together. */
function runsOf(sharing: readonly Named[]): readonly CheckedRun[] {
  const groups = Object.groupBy(
    sharing.map(([name, service]) => ({ name, run: imageRun(service) })),
    ({ run }) => JSON.stringify(run),
  );
  return Object.values(groups).flatMap((group = []) =>
    group.slice(0, 1).map(({ run }) => ({ ...run, services: group.map(({ name }) => name) })),
  );
}

function imageRun(service: ContainerPlan): Omit<CheckedRun, "services"> {
  const { entrypoint, command, env } = service;
  const path = env["PATH"];
  return {
    ...(entrypoint && { entrypoint }),
    ...(command && { command }),
    ...(typeof path === "string" && { path }),
    ...checkedMounts(service),
  };
}

/** The image of one service in the state of versions that prepared it for each service by itself. */
function earlierUrn(service: string, phase: string, stack: pulumi.Resource): pulumi.Output<string> {
  const phaseUrn = pulumi.createUrn(phase, "phasegate:index:Phase", stack);
  const serviceUrn = pulumi.createUrn(service, "phasegate:index:Service", phaseUrn);
  return pulumi.createUrn(`${service}-image`, imageUrnType, serviceUrn);
}

import type Docker from "dockerode";
import { PhasegateError, problemsError } from "../core/errors.ts";
import { describeProblems } from "../core/problem.ts";
import { nodeImage } from "../engine/bundle-image.ts";
import { dockerClient } from "../engine/docker-engine.ts";
import { hasBuildKit, noBuildKit } from "../engine/image-build.ts";
import type { PullOptions } from "../engine/images.ts";
import { hasImage, missingImage } from "../engine/images.ts";
import type { RegistryAccount } from "../engine/registry-account.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { containersOf, engineName } from "../model/plan.ts";
import { registryOf } from "../model/registries.ts";
import { referenceOf } from "./bundle-references.ts";
import { dockerfileReference } from "./container/dockerfile-source.ts";
import { coordinatorImage } from "./coordinator-image.ts";

/**
 * @throws PhasegateError PHASEGATE_IMAGE_BUILD_FAILED when a source is not there, which inside a resource's inputs would end the
 *   program with a stack trace, or when the engine cannot build what is given secrets. PHASEGATE_IMAGE_MISSING with every image that cannot be had, and who needs it
 */
export async function checkImages(
  plan: LifecyclePlan,
  host: string | undefined,
  accounts: readonly RegistryAccount[] = [],
): Promise<void> {
  const docker = dockerClient(host);
  const needing = new Map<
    string,
    { readonly reference: string; readonly options: PullOptions; readonly who: string[] }
  >();
  const need = (reference: string, who: string, { pull, platform }: PullOptions = {}) => {
    const account = accounts.find(({ registry }) => registry === registryOf(reference));
    const key = JSON.stringify([reference, pull, platform]);
    const { who: others } = needing.get(key) ?? { who: [] };
    needing.set(key, { reference, options: { pull, platform, account }, who: [...others, who] });
  };

  const coordinator = coordinatorImage(plan);
  const bundles = [await referenceOf(coordinator.bundle, coordinator.parts)];
  for (const [service, { image, ...options }] of Object.entries(containersOf(plan))) {
    if ("bundle" in image) bundles.push(await referenceOf(image.bundle));
    else if ("reference" in image) need(image.reference, service, options);
  }
  const built = await Promise.all(bundles.map((reference) => hasImage(docker, reference)));
  if (built.includes(false)) need(nodeImage, "what is built from source");

  await requireBuildKit(plan, docker);

  const missing = await Promise.all(
    [...needing.values()].map(async ({ reference, options, who }) => ({
      who,
      error: await missingImage(docker, reference, options),
    })),
  );
  const problems = missing.flatMap(({ who, error }) =>
    error === undefined ? [] : [{ path: who.join(", "), message: error.message }],
  );
  if (problems.length === 0) return;
  throw new PhasegateError(
    "PHASEGATE_IMAGE_MISSING",
    `nothing was changed: images that ${engineName(plan)} needs cannot be had:\n${describeProblems(problems)}`,
  );
}

/** Secrets of a build need BuildKit. What is built already needs nothing. */
async function requireBuildKit(plan: LifecyclePlan, docker: Docker): Promise<void> {
  const services = await Promise.all(
    Object.entries(containersOf(plan)).map(async ([service, { image, platform }]) => {
      if (!("dockerfile" in image) || image.secrets === undefined) return [];
      return (await hasImage(docker, dockerfileReference(image, platform))) ? [] : [service];
    }),
  );
  const building = services.flat();
  if (building.length === 0 || (await hasBuildKit(docker))) return;
  throw problemsError(
    "PHASEGATE_IMAGE_BUILD_FAILED",
    `nothing was changed: images that ${engineName(plan)} needs cannot be built`,
    building.map((service) => ({ path: `services.${service}.image.secrets`, message: noBuildKit })),
  );
}

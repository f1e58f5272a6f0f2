/** Builds the stand-ins that are missing or whose recipe has changed, one process at a time. */
import { join } from "node:path";
import { answered, dockerClient, unlessMissing } from "../../lib/engine/docker-engine.ts";
import { standInFor } from "../../lib/engine/images.ts";
import { withLock } from "../bootstrap/lock.mjs";
import { cacheDir } from "../bootstrap/paths.mjs";
import type { Progress } from "../bootstrap/report.mjs";
import { SetupError } from "../bootstrap/setup-error.mjs";
import { buildStandIn, importBase } from "./stand-in-build.ts";
import type { Recipe } from "./recipes.ts";
import { baseImage, baseName, findRecipe } from "./recipes.ts";

export interface WantedStandIn {
  readonly reference: string;
  readonly recipe: Recipe;
}

/** The hash of the recipe that an image was built from; undefined when there is no such image, or no hash on it. */
export async function recipeHashOf(image: string): Promise<string | undefined> {
  return (await inspectImage(image))?.Config?.Labels?.["phasegate.recipe"];
}

export async function inspectImage(image: string) {
  return await unlessMissing(answered(dockerClient().getImage(image).inspect()));
}

export async function buildStandIns(wanted: readonly WantedStandIn[], progress: Progress): Promise<void> {
  const base = findRecipe(baseName);
  if (base === undefined)
    throw new SetupError("images/debian is not there: it is the base of all stand-ins.");
  await withLock(
    join(cacheDir, "images.lock"),
    async () => {
      const replaced: string[] = [];
      const unlessCurrent = async (image: string, hash: string, build: () => Promise<void>) => {
        const old = await inspectImage(image);
        if (old?.Config.Labels?.["phasegate.recipe"] === hash) return;
        await build();
        if (old !== undefined) replaced.unshift(old.Id);
      };
      await unlessCurrent(baseImage, base.hash, async () => {
        progress(
          `no registry answers: building stand-ins. First their base: ${base.contains}, with debootstrap`,
        );
        await importBase(base, baseImage);
      });
      for (const { reference, recipe } of wanted) {
        const image = standInFor(reference);
        await unlessCurrent(image, recipe.hash, async () => {
          progress(`building a stand-in for ${reference}: ${recipe.contains}`);
          await buildStandIn(recipe, image, {
            "phasegate.stand-in-for": reference,
            "phasegate.recipe": recipe.hash,
            "phasegate.contains": recipe.contains,
          });
        });
      }
      for (const id of replaced) await removeUnlessUsed(id);
    },
    (pid) => progress(`process ${pid} is building images: waiting`),
  );
}

/** What a container still uses, or another image is built on, the engine keeps. */
async function removeUnlessUsed(imageId: string): Promise<void> {
  await dockerClient()
    .getImage(imageId)
    .remove()
    .catch(() => undefined);
}

// Builds the stand-ins that are missing or whose recipe has changed, one process at a time.
import { join } from "node:path";
import { engineCall, engineJson } from "./engine-api.mjs";
import { buildImage, importBase } from "./image-build.mjs";
import { standInName } from "./image-reference.mjs";
import { withLock } from "./lock.mjs";
import { cacheDir } from "./paths.mjs";
import { baseImage, baseName, findRecipe } from "./recipes.mjs";
import { SetupError } from "./setup-error.mjs";

/** @param {string} image @returns {Promise<{ id: string, labels: Record<string, string> } | undefined>} undefined when it is not here */
export async function inspectImage(image) {
  const found = await engineJson(`/images/${image}/json`);
  return found === undefined ? undefined : { id: found.Id, labels: found.Config?.Labels ?? {} };
}

/** @param {readonly { reference: string, recipe: import("./recipes.mjs").Recipe }[]} wanted @param {import("./report.mjs").Progress} progress */
export async function buildStandIns(wanted, progress) {
  const base = findRecipe(baseName);
  if (base === undefined)
    throw new SetupError("images/debian is not there: it is the base of all stand-ins.");
  await withLock(
    join(cacheDir, "images.lock"),
    async () => {
      /** @type {string[]} */
      const replaced = [];
      /** @param {string} image @param {string} hash @param {() => Promise<void>} build */
      const unlessCurrent = async (image, hash, build) => {
        const old = await inspectImage(image);
        if (old?.labels["phasegate.recipe"] === hash) return;
        await build();
        if (old !== undefined) replaced.unshift(old.id);
      };
      await unlessCurrent(baseImage, base.hash, async () => {
        progress(
          `no registry answers: building stand-ins. First their base: ${base.contains}, with debootstrap`,
        );
        await importBase(base, baseImage);
      });
      for (const { reference, recipe } of wanted) {
        const image = standInName(reference);
        await unlessCurrent(image, recipe.hash, async () => {
          progress(`building a stand-in for ${reference}: ${recipe.contains}`);
          await buildImage(recipe, image, {
            "phasegate.stand-in-for": reference,
            "phasegate.recipe": recipe.hash,
            "phasegate.contains": recipe.contains,
          });
        });
      }
      // What a container still uses, or another image is built on, the engine keeps.
      for (const id of replaced) await engineCall(`/images/${id}`, { method: "DELETE" });
    },
    (holder) => progress(`process ${holder.pid} is building images: waiting`),
  );
}

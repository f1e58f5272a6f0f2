// Makes sure that every image which a stack needs can be had: it is here, or a registry has it, or a stand-in is built.
import { join } from "node:path";
import { engineCall, engineJson } from "./engine-api.mjs";
import { buildImage, importBase } from "./image-build.mjs";
import { parseReference, standInName } from "./image-reference.mjs";
import { withLock } from "./lock.mjs";
import { cacheDir } from "./paths.mjs";
import { baseImage, baseName, findRecipe } from "./recipes.mjs";
import { SetupError } from "./setup-error.mjs";

/** @typedef {import("./report.mjs").Progress} Progress */

/** @param {string} image @returns {Promise<Record<string, string> | undefined>} its labels; undefined when it is not here */
async function labelsOf(image) {
  const found = await engineJson(`/images/${image}/json`);
  return found === undefined ? undefined : (found.Config?.Labels ?? {});
}

/** Whether a registry answers for this image, asked by the engine itself: it is the engine that would pull. @param {string} reference */
async function registryAnswers(reference) {
  try {
    const { status, text } = await engineCall(`/distribution/${reference}/json`, { timeoutMs: 8000 });
    return (
      status < 500 ||
      !/no such host|dial|lookup|timeout|deadline|refused|unreachable|proxyconnect|certificate|\bEOF\b/i.test(
        text,
      )
    );
  } catch {
    return false;
  }
}

/**
 * @param {readonly string[]} references
 * @param {Progress} progress
 * @returns {Promise<import("./report.mjs").Result>}
 */
export async function ensureImages(references, progress) {
  const found = await Promise.all(references.map((reference) => look(reference)));
  const missing = found.filter((image) => image.state === "missing");
  const unknown = missing.filter((image) => image.recipe === undefined).map((image) => image.reference);
  if (unknown.length > 0) {
    throw new SetupError(
      `${unknown.join(", ")}: not on this engine, no registry can be reached to pull ${unknown.length === 1 ? "it" : "them"}, and images/ has no recipe for a stand-in.\n` +
        "Give the engine a registry that answers, or load the image: docker load.",
    );
  }
  if (missing.length > 0)
    await buildAll(
      missing.flatMap(({ reference, recipe }) => (recipe ? [{ reference, recipe }] : [])),
      progress,
    );

  const standIns = found.filter((image) => image.state !== "here" && image.state !== "registry");
  const parts = [
    ...plural(
      found.filter((image) => image.state === "here").length,
      "official image is here",
      "official images are here",
    ),
    ...plural(
      found.filter((image) => image.state === "registry").length,
      "image is pulled by Pulumi",
      "images are pulled by Pulumi",
    ),
    ...plural(standIns.length, "stand-in (no registry answers)", "stand-ins (no registry answers)"),
  ].join(", ");
  return missing.length > 0 ? { did: parts } : { was: parts || "none needed" };
}

/** @param {number} count @param {string} one @param {string} many */
const plural = (count, one, many) => (count === 0 ? [] : [`${count} ${count === 1 ? one : many}`]);

/** @param {string} reference */
async function look(reference) {
  if ((await labelsOf(reference)) !== undefined) return { reference, state: /** @type {const} */ ("here") };
  const { name, digest } = parseReference(reference);
  const recipe = digest === undefined ? findRecipe(name) : undefined; // Only one image has that digest: nothing can stand in.
  const [labels, answers] = await Promise.all([labelsOf(standInName(reference)), registryAnswers(reference)]);
  if (answers) return { reference, state: /** @type {const} */ ("registry") };
  if (recipe !== undefined && labels?.["phasegate.recipe"] === recipe.hash)
    return { reference, state: /** @type {const} */ ("stand-in") };
  return { reference, recipe, state: /** @type {const} */ ("missing") };
}

/** @param {readonly { reference: string, recipe: import("./recipes.mjs").Recipe }[]} missing @param {Progress} progress */
async function buildAll(missing, progress) {
  await withLock(
    join(cacheDir, "images.lock"),
    async () => {
      const base = findRecipe(baseName);
      if (base === undefined)
        throw new SetupError("images/debian is not there: it is the base of all stand-ins.");
      if ((await labelsOf(baseImage))?.["phasegate.recipe"] !== base.hash) {
        progress(
          `no registry answers: building stand-ins. First their base: ${base.contains}, with debootstrap`,
        );
        await importBase(base, baseImage);
      }
      for (const { reference, recipe } of missing) {
        const image = standInName(reference);
        if ((await labelsOf(image))?.["phasegate.recipe"] === recipe.hash) continue;
        progress(`building a stand-in for ${reference}: ${recipe.contains}`);
        await buildImage(recipe, image, {
          "phasegate.stand-in-for": reference,
          "phasegate.recipe": recipe.hash,
          "phasegate.contains": recipe.contains,
        });
      }
    },
    (holder) => progress(`process ${holder.pid} is building images: waiting`),
  );
}

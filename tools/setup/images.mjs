// Makes sure that every image which a stack needs can be had: it is here, or a registry has it, or a stand-in is built.
import { engineCall } from "./engine-api.mjs";
import { parseReference, standInName } from "./image-reference.mjs";
import { findRecipe } from "./recipes.mjs";
import { SetupError } from "./setup-error.mjs";
import { buildStandIns, inspectImage } from "./stand-ins.mjs";

/** @typedef {import("./report.mjs").Progress} Progress */

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
      `${unknown.join(", ")}: not on this engine, no registry can be reached to pull ${unknown.length === 1 ? "it" : "them"}, and images/ has no recipe for a stand-in\n(for an image named by its digest there can be none). ` +
        "Give the engine a registry that answers, or load the image: docker load.",
    );
  }
  if (missing.length > 0)
    await buildStandIns(
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
  if ((await inspectImage(reference)) !== undefined)
    return { reference, state: /** @type {const} */ ("here") };
  const { name, digest } = parseReference(reference);
  const recipe = digest === undefined ? findRecipe(name) : undefined; // Only one image has that digest: nothing can stand in.
  const [standIn, answers] = await Promise.all([
    inspectImage(standInName(reference)),
    registryAnswers(reference),
  ]);
  if (answers) return { reference, state: /** @type {const} */ ("registry") };
  if (recipe !== undefined && standIn?.labels["phasegate.recipe"] === recipe.hash)
    return { reference, state: /** @type {const} */ ("stand-in") };
  return { reference, recipe, state: /** @type {const} */ ("missing") };
}

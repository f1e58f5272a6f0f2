// The recipes in images/: what stands in for an official image where no registry can be reached.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { hashOf, hashOfFolder } from "./stamp.mjs";

/**
 * @typedef {object} Recipe
 * @property {string} name its folder's
 * @property {string} dir
 * @property {string} contains in words, for people
 * @property {Record<string, string>} files what is added to the folder's own files: name there, path in the project
 * @property {string} hash of all that goes into the image
 */

export const baseName = "debian";
export const baseImage = "phasegate-stand-in/debian:bookworm";

/** @param {string} name @returns {Recipe | undefined} */
export function findRecipe(name) {
  const dir = join(root, "images", name);
  const file = join(dir, "recipe.json");
  if (!existsSync(file)) return undefined;
  const { contains, files = {}, version } = JSON.parse(readFileSync(file, "utf8"));
  // A big added file is known by the version of the package that brings it.
  const added =
    version === undefined
      ? ""
      : `${process.arch} ${JSON.parse(readFileSync(join(root, version), "utf8")).version}`;
  const below = name === baseName ? "" : hashOfFolder(join(root, "images", baseName));
  return { name, dir, contains, files, hash: hashOf([hashOfFolder(dir), added, below]) };
}

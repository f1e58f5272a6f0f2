/** The recipes in images/: what stands in for an official image where no registry can be reached. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../bootstrap/paths.mjs";
import { hashOf, hashOfFolder } from "../bootstrap/stamp.mjs";

export interface Recipe {
  /** Its folder's. */
  readonly name: string;
  readonly dir: string;
  /** In words, for people. */
  readonly contains: string;
  /** What is added to the folder's own files: name there, path in the project. */
  readonly files: Readonly<Record<string, string>>;
  /** Of all that goes into the image. */
  readonly hash: string;
}

interface RecipeFile {
  readonly contains: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly version?: string;
}

export const baseName = "debian";
export const baseImage = "phasegate-stand-in/debian:bookworm";

export function findRecipe(name: string): Recipe | undefined {
  const dir = join(root, "images", name);
  const file = join(dir, "recipe.json");
  if (!existsSync(file)) return undefined;
  const { contains, files = {}, version } = JSON.parse(readFileSync(file, "utf8")) as RecipeFile;
  // A big added file is known by the version of the package that brings it.
  const added = version === undefined ? "" : `${process.arch} ${versionIn(join(root, version))}`;
  const below = name === baseName ? "" : hashOfFolder(join(root, "images", baseName));
  return { name, dir, contains, files, hash: hashOf([hashOfFolder(dir), added, below]) };
}

function versionIn(packageFile: string): string {
  return (JSON.parse(readFileSync(packageFile, "utf8")) as { readonly version: string }).version;
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BundleParts } from "../../lib/engine/bundle.ts";
import { bundle } from "../../lib/engine/bundle.ts";

/**
 * Writes the files of a bundle into a folder, as they are in its image.
 * @returns the path of its entry file
 */
export async function writeBundle(folder: string, entry: string, parts: BundleParts = {}): Promise<string> {
  const files = await bundle(process.cwd(), entry, parts);
  mkdirSync(folder, { recursive: true });
  for (const { name, content } of files) writeFileSync(join(folder, name), content);
  return join(folder, "main.mjs");
}

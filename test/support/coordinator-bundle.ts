import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../../lib/engine/bundle.ts";
import { coordinatorParts } from "../../lib/pulumi/coordinator-image.ts";

/**
 * Writes the files of the coordinator's image, with the modules of custom probes, into a folder.
 * @returns the path of its entry file
 */
export async function writeCoordinatorBundle(folder: string, modules: readonly string[]): Promise<string> {
  const files = await bundle(process.cwd(), "lib/coordinator/main.ts", coordinatorParts(modules));
  mkdirSync(folder, { recursive: true });
  for (const { name, content } of files) writeFileSync(join(folder, name), content);
  return join(folder, "main.mjs");
}

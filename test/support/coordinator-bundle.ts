import { coordinatorSource } from "../../lib/pulumi/coordinator-image.ts";
import { writeBundle } from "./write-bundle.ts";

/**
 * Writes the files of the coordinator's image, with the modules of custom probes, into a folder.
 * @returns the path of its entry file
 */
export function writeCoordinatorBundle(folder: string, modules: readonly string[]): Promise<string> {
  const { bundle, parts } = coordinatorSource(modules);
  return writeBundle(folder, bundle, parts);
}

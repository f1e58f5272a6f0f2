// What a stack needs, as its declaration says: asked from the program's own code, under Node 24.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { binDir, root } from "./paths.mjs";
import { lastLines, run } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";

/**
 * @typedef {object} Needs
 * @property {string} declaration its name
 * @property {readonly string[]} images references of images that come from a registry
 * @property {readonly string[]} secrets names of the secrets that must be set in the stack's config
 */

/** The stacks that have a config file, by name. */
export function configuredStacks() {
  return readdirSync(root)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();
}

/** @param {string} stack */
export function requireConfigured(stack) {
  if (existsSync(join(root, `Pulumi.${stack}.yaml`))) return;
  throw new SetupError(
    `there is no Pulumi.${stack}.yaml, so there is no stack ${stack}. The stacks are: ${configuredStacks().join(", ")}.`,
  );
}

/** @param {string} stack @returns {Promise<Needs>} */
export async function needsOf(stack) {
  const { code, stdout, output } = await run(
    join(binDir, "node"),
    [join(root, "tools", "needs.ts"), "--stack", stack],
    { cwd: root },
  );
  if (code !== 0) throw new SetupError(`could not read what stack ${stack} needs:\n${lastLines(output, 20)}`);
  return JSON.parse(stdout);
}

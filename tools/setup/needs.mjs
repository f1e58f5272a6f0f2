// What a stack needs, as its declaration says: asked from the program's own code, under Node 24.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { binDir, root } from "./paths.mjs";
import { lastLines, run } from "./run.mjs";
import { SetupError } from "./setup-error.mjs";
import { hashOf, hashOfFolder, readStamp, writeStamp } from "./stamp.mjs";

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

/**
 * What a stack needs. Asking takes half a second, so the answer is kept for as long as all that it comes from is the same.
 * @param {string} stack
 * @returns {Promise<Needs>}
 */
export async function needsOf(stack) {
  const stamp = `needs-${stack}`;
  const key = hashOf([
    ...["lib", "stacks"].map((folder) => hashOfFolder(join(root, folder))),
    ...["tools/needs.ts", "package-lock.json", "Pulumi.yaml", `Pulumi.${stack}.yaml`].map((file) =>
      readFileSync(join(root, file)),
    ),
  ]);
  const [keptKey, kept = ""] = readStamp(stamp).split("\n");
  if (keptKey === key) return JSON.parse(kept);
  const { code, stdout, output } = await run(
    join(binDir, "node"),
    [join(root, "tools", "needs.ts"), "--stack", stack],
    { cwd: root },
  );
  if (code !== 0) throw new SetupError(`could not read what stack ${stack} needs:\n${lastLines(output, 20)}`);
  const needs = JSON.parse(stdout);
  writeStamp(stamp, `${key}\n${JSON.stringify(needs)}`);
  return needs;
}

// All steps of the set-up, those that do not wait for each other side by side.
import { ensureBackend, pulumiVariables } from "./backend.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { ensureEngine } from "./engine.mjs";
import { ensureImages } from "./images.mjs";
import { needsOf, requireConfigured } from "./needs.mjs";
import { binDir } from "./paths.mjs";
import { ensureStack } from "./stack.mjs";
import { ensureToolchain } from "./toolchain.mjs";

/**
 * @typedef {object} SetUp
 * @property {NodeJS.ProcessEnv} env in which `pulumi` works
 * @property {Record<string, string>} variables those of env that make it work
 * @property {readonly string[]} first the folders of commands that come first on the PATH
 * @property {readonly import("./needs.mjs").Needs[]} needs of the stacks, in their order
 */

/**
 * @param {import("./report.mjs").Report} report
 * @param {readonly string[]} stacks those that are about to be used
 * @param {{ imagesOf?: readonly string[] }} [options] imagesOf: the stacks whose images are needed; default: the same
 * @returns {Promise<SetUp>}
 */
export async function setUp(report, stacks, { imagesOf = stacks } = {}) {
  for (const stack of stacks) requireConfigured(stack);
  await report.step("dependencies", ensureDependencies);

  const engine = report.step("engine", ensureEngine);
  const tools = report.step("toolchain", ensureToolchain);
  const asked = Promise.all(stacks.map(needsOf));
  const images = engine.then(async () => {
    if (imagesOf.length === 0) return;
    const needs = imagesOf === stacks ? await asked : await Promise.all(imagesOf.map(needsOf));
    const references = [...new Set(needs.flatMap((need) => need.images))];
    await report.step("images", (progress) => ensureImages(references, progress));
  });
  const made = Promise.all([tools, asked, engine]).then(async ([{ toolchain }, needs]) => {
    await report.step("backend", ensureBackend);
    const variables = pulumiVariables(toolchain);
    const env = { ...process.env, ...variables };
    const each = stacks.map((stack, at) =>
      report.step("stack", () =>
        ensureStack(stack, /** @type {import("./needs.mjs").Needs} */ (needs[at]), toolchain, env),
      ),
    );
    await Promise.all(each);
    return { env, variables, first: [binDir, toolchain.bin], needs };
  });
  const [result] = await Promise.all([made, images]);
  return result;
}

// `npm run images`: the images that the stacks need, and nothing else.
import { parseArguments } from "./setup/arguments.mjs";
import { command } from "./setup/command.mjs";
import { ensureDependencies } from "./setup/dependencies.mjs";
import { ensureEngine } from "./setup/engine.mjs";
import { ensureImages } from "./setup/images.mjs";
import { configuredStacks, needsOf, requireConfigured } from "./setup/needs.mjs";
import { createReport } from "./setup/report.mjs";

const help = `
npm run images [-- --stack NAME]

Makes sure that the images of one stack, or of all, can be had. What a registry answers for is left to Pulumi to pull;
where none can be reached, stand-ins are built from images/ (see images/README.md).
`;

await command(help, async (args) => {
  const { stack } = parseArguments(args);
  if (stack !== undefined) requireConfigured(stack);
  const report = createReport(process.stdout);
  await report.step("dependencies", ensureDependencies);
  await report.step("engine", ensureEngine);
  const needs = await Promise.all((stack === undefined ? configuredStacks() : [stack]).map(needsOf));
  const references = [...new Set(needs.flatMap((need) => need.images))];
  await report.step("images", (progress) => ensureImages(references, progress));
  return 0;
});

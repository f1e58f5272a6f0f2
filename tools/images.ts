/** `npm run images`: the images that the stacks need, and nothing else. */
import { Command } from "commander";
import { createReport } from "./bootstrap/report.mjs";
import { runCommand } from "./setup/command.ts";
import { imagesOf, planOf } from "./setup/declaration.ts";
import { ensureEngine } from "./setup/engine.ts";
import { ensureImages } from "./setup/images.ts";
import { configuredStacks, requireConfigured } from "./setup/stack-config.ts";

interface Options {
  readonly stack?: string;
}

const program = new Command("npm run images --")
  .description(
    "Makes sure that the images of one stack, or of all, can be had. What a registry answers for is left to Pulumi to pull; where none can be reached, stand-ins are built from images/ (see images/README.md).",
  )
  .option("-s, --stack <name>", "one stack; default: all")
  .allowExcessArguments(false);

await runCommand(program, async () => {
  const { stack } = program.opts<Options>();
  if (stack !== undefined) requireConfigured(stack);
  const report = createReport(process.stdout);
  await report.step("engine", ensureEngine);
  const plans = await Promise.all((stack === undefined ? configuredStacks() : [stack]).map(planOf));
  const references = [...new Set(plans.flatMap(imagesOf))];
  await report.step("images", (progress) => ensureImages(references, progress));
  return 0;
});

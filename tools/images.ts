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
    "Make sure that the images of one stack, or of all stacks, are available. Pulumi pulls the images that a registry has. If no registry can be reached, the command builds stand-ins from images/ (see images/README.md).",
  )
  .option("-s, --stack <name>", "only this stack (default: all)")
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

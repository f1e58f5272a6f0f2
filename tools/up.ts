/** `npm run up`: from a fresh checkout to a running stack. */
import { Command } from "commander";
import { runInForeground } from "./bootstrap/foreground.mjs";
import { root } from "./bootstrap/paths.mjs";
import { createReport } from "./bootstrap/report.mjs";
import { runCommand } from "./setup/command.ts";
import { setUpStack } from "./setup/set-up.ts";
import { configOptions } from "./setup/stack-config.ts";

interface Options {
  readonly stack: string;
}

const program = new Command("npm run up --")
  .description(
    "Bring up one stack. The command first sets up what is missing: packages, container engine, Pulumi, images, state, secrets. It leaves what exists as it is, so a second run starts at once.",
  )
  .option(
    "-s, --stack <name>",
    "the stack: dev, test, staging, prod, or any other with a Pulumi.NAME.yaml",
    "dev",
  )
  .usage("[--stack NAME] [options of `pulumi up`]")
  .addHelpText("after", "\nAfter an interruption by Ctrl-C or a kill, the same command continues.")
  .allowUnknownOption()
  .allowExcessArguments();

await runCommand(program, async () => {
  const { stack } = program.opts<Options>();
  const { env } = await setUpStack(createReport(process.stdout), stack);
  const args = ["up", "--stack", stack, ...configOptions(stack), "--yes", "--skip-preview", ...program.args];
  return await runInForeground("pulumi", args, { env, cwd: root });
});

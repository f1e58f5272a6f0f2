/** `eval "$(npm run -s env)"`: a shell in which the plain words `pulumi up --stack dev` work. */
import { delimiter } from "node:path";
import { Command } from "commander";
import { errorText } from "../lib/core/errors.ts";
import { binDir } from "./bootstrap/paths.mjs";
import { createReport } from "./bootstrap/report.mjs";
import { SetupError } from "./bootstrap/setup-error.mjs";
import { runCommand } from "./setup/command.ts";
import { imagesOf, planOf } from "./setup/declaration.ts";
import { ensureEngine } from "./setup/engine.ts";
import { forPeople } from "./setup/for-people.ts";
import { ensureImages } from "./setup/images.ts";
import { setUpPulumi } from "./setup/set-up.ts";
import { describeSecrets } from "./setup/secrets.ts";
import { ensureStack } from "./setup/stack.ts";
import { configuredStacks, shimFolder } from "./setup/stack-config.ts";

const program = new Command("npm run -s env")
  .description(
    'Print the variables that make `pulumi` work in a shell, for eval "$(npm run -s env)": PATH, the place of the state, the file with the passphrase. Every stack with a Pulumi.NAME.yaml exists afterwards. A problem with one stack is reported on standard error and does not affect the others.',
  )
  .allowExcessArguments(false);

const report = createReport(process.stderr);

await runCommand(program, async () => {
  const { toolchain, variables, env } = await setUpPulumi(report);
  const first = [shimFolder(toolchain), binDir, toolchain.bin].filter((dir) => dir !== undefined);
  // In front of the shell's own PATH: the one seen here is what npm has made of it.
  process.stdout.write(`export PATH=${quoted(first.join(delimiter))}:"$PATH"\n`);
  for (const [name, value] of Object.entries(variables))
    process.stdout.write(`export ${name}=${quoted(value)}\n`);

  const hasEngine = await succeeds("engine", () => report.step("engine", ensureEngine));
  const references = new Set<string>();
  for (const stack of configuredStacks()) {
    await succeeds(`stack ${stack}`, async () => {
      const { state } = await report.step("stack", () => ensureStack(stack, env));
      const plan = await forPeople(planOf(stack));
      await report.step("secrets", () => describeSecrets(plan, state));
      for (const reference of imagesOf(plan)) references.add(reference);
    });
  }
  if (hasEngine)
    await succeeds("images", () =>
      report.step("images", (progress) => ensureImages([...references], progress)),
    );
  return 0;
});

/** Says on stderr what went wrong, once, and goes on. */
async function succeeds(subject: string, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof SetupError && error.reported))
      process.stderr.write(`✗ ${subject}: ${errorText(error)}\n`);
    return false;
  }
}

/** Between single quotes a shell takes everything as it is, but for the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

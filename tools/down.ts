/** `npm run down`: takes a stack away, and makes sure that nothing of it is left. */
import { Command } from "commander";
import { runInForeground } from "./bootstrap/foreground.mjs";
import { root } from "./bootstrap/paths.mjs";
import { createReport } from "./bootstrap/report.mjs";
import { runCommand } from "./setup/command.ts";
import { planOf } from "./setup/declaration.ts";
import { ensureEngine } from "./setup/engine.ts";
import type { EngineThing } from "./setup/engine-contents.ts";
import { engineContents, ofStack, removeThings } from "./setup/engine-contents.ts";
import { generatedSecretsIn } from "./setup/secrets.ts";
import { setUpPulumi } from "./setup/set-up.ts";
import { ensureStack } from "./setup/stack.ts";
import { configOptions, requireConfigured } from "./setup/stack-config.ts";

interface Options {
  readonly stack: string;
  readonly volumes?: true;
}

const program = new Command("npm run down --")
  .description(
    "Remove a stack: its containers and networks. Volumes hold data, so they stay unless you give --volumes, and so do the generated secrets that the data depends on. The command also removes what has the stack's labels and is not in Pulumi's state.",
  )
  .option("-s, --stack <name>", "the stack: any with a Pulumi.NAME.yaml", "dev")
  .option("--volumes", "also remove the stack's volumes, with their data, and its generated secrets")
  .usage("[--stack NAME] [--volumes] [options of `pulumi destroy`]")
  .allowUnknownOption()
  .allowExcessArguments();

await runCommand(program, async () => {
  const { stack, volumes } = program.opts<Options>();
  requireConfigured(stack);
  const { name: declaration } = await planOf(stack);
  const report = createReport(process.stdout);
  await report.step("engine", ensureEngine);
  const { env } = await setUpPulumi(report);
  const { state } = await report.step("stack", () => ensureStack(stack, env));
  const kept = volumes ? [] : generatedSecretsIn(state).flatMap(({ urn }) => ["--exclude", urn]);
  const args = ["destroy", "--stack", stack, ...configOptions(stack), "--yes", "--skip-preview"];
  const code = await runInForeground("pulumi", [...args, ...kept, ...program.args], { env, cwd: root });
  if (code !== 0) return code;

  const remaining = async () => ofStack(await engineContents(), { stack, declaration });
  const unknown = (await remaining()).filter(({ kind }) => volumes || kind !== "volume");
  if (unknown.length > 0) {
    await report.step("leftovers", async () => {
      await removeThings(unknown);
      return { did: `removed ${namesOf(unknown)}` };
    });
  }
  const left = await remaining();
  const mustGo = left.filter(({ kind }) => kind !== "volume");
  if (mustGo.length > 0) {
    report.say(`still there: ${namesOf(mustGo)}`);
    return 1;
  }
  const data = left.length > 0 ? `; kept ${namesOf(left)} (--volumes removes them)` : "";
  report.say(`Stack ${stack} is gone: no container and no network of it is left${data}.`);
  return 0;
});

function namesOf(things: readonly EngineThing[]): string {
  return things
    .map(({ name }) => name)
    .sort()
    .join(", ");
}

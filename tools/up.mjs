// `npm run up`: from a fresh checkout to a running stack.
import { parseArguments } from "./setup/arguments.mjs";
import { command } from "./setup/command.mjs";
import { runInForeground } from "./setup/foreground.mjs";
import { root } from "./setup/paths.mjs";
import { createReport } from "./setup/report.mjs";
import { setUp } from "./setup/set-up.mjs";

const help = `
npm run up [-- --stack NAME] [options of \`pulumi up\`]

Brings up one stack, the development stack unless another is named. What is missing is set up first: packages,
container engine, Pulumi, images, state, secrets. What is there is left as it is, so a second run goes straight on.

  --stack NAME   dev (the default), test, staging, prod: any that has a Pulumi.NAME.yaml

After an interruption, by Ctrl-C or a kill, the same command goes on.
`;

await command(help, async (args) => {
  const { stack = "dev", rest } = parseArguments(args);
  const { env } = await setUp(createReport(process.stdout), [stack]);
  return await runInForeground("pulumi", ["up", "--stack", stack, "--yes", "--skip-preview", ...rest], {
    env,
    cwd: root,
  });
});

// `npm run down`: takes a stack away, and makes sure that nothing of it is left.
import { parseArguments } from "./setup/arguments.mjs";
import { command } from "./setup/command.mjs";
import { runInForeground } from "./setup/foreground.mjs";
import { findLeftovers, removeAll } from "./setup/leftovers.mjs";
import { root } from "./setup/paths.mjs";
import { createReport } from "./setup/report.mjs";
import { setUp } from "./setup/set-up.mjs";

const help = `
npm run down [-- --stack NAME] [--volumes] [options of \`pulumi destroy\`]

Takes a stack away: its containers and networks. Volumes hold data, so they stay unless --volumes is given.
What is found by its labels although Pulumi's state does not know it goes too.

  --stack NAME   dev (the default), or any other that has a Pulumi.NAME.yaml
  --volumes      the stack's volumes as well, with all that is in them
`;

await command(help, async (args) => {
  const { stack = "dev", flags, rest } = parseArguments(args, { flags: ["--volumes"] });
  const report = createReport(process.stdout);
  const { env, needs } = await setUp(report, [stack], { imagesOf: [] });
  const code = await runInForeground(
    "pulumi",
    ["destroy", "--stack", stack, "--yes", "--skip-preview", ...rest],
    { env, cwd: root },
  );
  if (code !== 0) return code;

  const declaration = needs[0]?.declaration ?? "";
  const unknown = await findLeftovers(stack, declaration);
  if (unknown.containers.length + unknown.networks.length > 0) {
    await report.step("leftovers", async () => {
      await removeAll("containers", unknown.containers);
      await removeAll("networks", unknown.networks);
      return {
        did: `removed what the state did not know: ${[...unknown.containers, ...unknown.networks].join(", ")}`,
      };
    });
  }
  if (flags.has("--volumes") && unknown.volumes.length > 0) {
    await report.step("volumes", async () => {
      await removeAll("volumes", unknown.volumes);
      return { did: `removed ${unknown.volumes.join(", ")}` };
    });
  }
  const left = await findLeftovers(stack, declaration);
  if (left.containers.length + left.networks.length > 0) {
    report.say(`still there: ${[...left.containers, ...left.networks].join(", ")}`);
    return 1;
  }
  const kept = left.volumes.length > 0 ? `; kept ${left.volumes.join(", ")} (--volumes removes them)` : "";
  report.say(`Stack ${stack} is gone: no container and no network of it is left${kept}.`);
  return 0;
});

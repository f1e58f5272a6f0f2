/** `npm run faults`: kills the coordinator at seeded moments of a cascade and of an `up`, on a stack of its own. */
import { Command } from "commander";
import { runInForeground } from "./bootstrap/foreground.mjs";
import { root } from "./bootstrap/paths.mjs";
import { createReport } from "./bootstrap/report.mjs";
import { runCommand } from "./setup/command.ts";
import { setUpMachine } from "./setup/set-up.ts";

const help = `npm run faults [-- --kills N] [--seed N] [--json FILE] [--port-base N]

Kills the coordinator (SIGKILL, from inside its container) at a moment that a seed says: of two kills one in a cascade that
a crash has begun, the other in an \`up\` that replaces a service. Waits until all is well, and compares with the same
undisturbed: what the engine has started, by its own events, and in which order; each service's state, run and container;
the incidents; that a preview is empty. Exits with 1 when anything is different. It works in a stack, a state and a network
of its own, touches none of yours, and takes all of it away at the end. A kill takes about 15 seconds.

  --kills N      how many (50)
  --seed N       the first seed; the others are those after it (1)
  --json FILE    everything that was seen
  --port-base N  the first of the ports that it takes on the loopback interface (18000)
`;

const program = new Command("npm run faults --").allowUnknownOption().allowExcessArguments();
program.helpInformation = () => help;

await runCommand(program, async () => {
  const { env } = await setUpMachine(createReport(process.stdout), ["dev"]);
  return await runInForeground("node", ["bench/faults.ts", ...program.args], { env, cwd: root });
});

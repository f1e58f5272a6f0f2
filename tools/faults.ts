/**
 * `npm run faults`: kills the coordinator at seeded moments of a cascade and of an `up`, on a stack of its own; with --times, how
 * soon each kind of fault is noticed and healed.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { alignColumns } from "../lib/core/columns.ts";
import { describeMs } from "../lib/core/duration.ts";
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

npm run faults -- --times

Brings about each fault of test/e2e/faults.test.ts, once, and shows when it was noticed, and when all was well again.
`;

const program = new Command("npm run faults --")
  .option("--times")
  .allowUnknownOption()
  .allowExcessArguments();
program.helpInformation = () => help;

await runCommand(program, async () => {
  const { env } = await setUpMachine(createReport(process.stdout), ["dev"]);
  if (program.opts<{ readonly times?: true }>().times) return await times(env);
  return await runInForeground("node", ["bench/faults.ts", ...program.args], { env, cwd: root });
});

/** What the test has measured of a fault. */
interface Measured {
  readonly fault: string;
  readonly restarted: readonly string[];
  readonly noticedMs: number;
  readonly recoveredMs: number;
}

async function times(env: NodeJS.ProcessEnv): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "phasegate-times-"));
  try {
    const file = join(folder, "times.json");
    const command = ["vitest", "run", "test/e2e/faults.test.ts"];
    const code = await runInForeground("npx", command, {
      env: { ...env, PHASEGATE_FAULT_TIMES: file },
      cwd: root,
    });
    const measured = JSON.parse(readFileSync(file, "utf8")) as readonly Measured[];
    const rows = measured.map(({ fault, restarted, noticedMs, recoveredMs }) => [
      ...[fault, describeMs(noticedMs), describeMs(recoveredMs), restarted.join(", ")],
    ]);
    console.log(`\n${alignColumns([["fault", "noticed after", "healed after", "restarted"], ...rows])}`);
    return code;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

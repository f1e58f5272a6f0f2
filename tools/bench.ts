/**
 * `npm run bench`: how long `up` takes, and where its time goes; with --plan, how long big declarations take; with --many,
 * whether a phase's services become ready at the same time; with --alerts, how many alerts a day of faults comes to; with
 * --coordinator, what supervision costs. See docs/benchmarks.md.
 */
import { Command } from "commander";
import { runInForeground } from "./bootstrap/foreground.mjs";
import { root } from "./bootstrap/paths.mjs";
import { createReport } from "./bootstrap/report.mjs";
import { runCommand } from "./setup/command.ts";
import { setUpMachine } from "./setup/set-up.ts";

const help = `npm run bench [-- --runs N] [--json FILE] [--level LEVEL] [--port-base N] [--quiet-wait SECONDS] [--no-compose]

Measures \`up\` from nothing, \`up\` without a change, and \`preview\` of the declaration netra against their aims, and the
same containers under docker compose where that is installed. It works in a stack, a state and a network of its own,
touches none of yours, and takes all of it away at the end.

  --runs N              how often each thing is measured; the table has the medians (3)
  --json FILE           everything that was measured
  --level LEVEL         basic, comprehensive, productionSimulation, production (comprehensive)
  --port-base N         the first of the ports that it takes on the loopback interface (14000)
  --quiet-wait SECONDS  how long each measurement waits for a machine that does nothing else (60)
  --no-compose          leaves docker compose out

npm run bench -- --plan [--services N,N,…] [--phases N] [--runs N] [--preview]

Measures how long declarations of many services take to be resolved.

  --services N,N,…      how many services each has (50,100,300)
  --phases N            in how many phases (20)
  --runs N              how often each is resolved; the table has the median, the least and the most (20)
  --preview             measures \`pulumi preview\` of each as well, which creates nothing

npm run bench -- --many [--services N] [--late-ms N]

Measures how long many services of one phase take to be ready, with Pulumi's default of operations at once.

  --services N          how many (40)
  --late-ms N           how long after its start each is ready, in milliseconds (5000)

npm run bench -- --alerts [--days N] [--services N] [--events N] [--json]

Simulates days with faults, and counts the alerts, and those that one alerter a service would have sent. It needs no engine.

  --days N              how many days, each of another seed (20)
  --services N          how many services the stack has (30)
  --events N            how much happens in a day: failures, and what people do (80)

npm run bench -- --coordinator [--services N,N,…] [--phases N] [--probes N] [--seconds N] [--interval TIME] [--no-failures] [--json FILE]

Measures the memory and the processor time of a coordinator that supervises so many services, which are ready, on an engine that
is simulated. It needs no engine.

  --services N,N,…      how many services (10,100,1000)
  --phases N            in how many phases (10)
  --probes N            how many probes each has (1)
  --seconds N           how long it is measured (60)
  --interval TIME       the time between two attempts (15s)
  --no-failures         leaves out what a failure of the first service costs
  --json FILE           everything that was measured
`;

const program = new Command("npm run bench --")
  .option("--plan")
  .option("--many")
  .option("--alerts")
  .option("--coordinator")
  .allowUnknownOption()
  .allowExcessArguments();
program.helpInformation = () => help;

await runCommand(program, async () => {
  const chosen = Object.keys(program.opts())[0] ?? "up";
  const needsNoEngine = chosen !== "up" && chosen !== "many";
  const { env } = await setUpMachine(createReport(process.stdout), needsNoEngine ? [] : ["dev"]);
  const file = chosen === "up" ? "bench/main.ts" : `bench/measure-${chosen}.ts`;
  return await runInForeground("node", [file, ...program.args], { env, cwd: root });
});

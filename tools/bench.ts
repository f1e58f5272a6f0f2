/**
 * `npm run bench`: how long `up` takes, and where its time goes; `npm run bench -- chain` and its like, how soon systems of small
 * services are up, beside compose. See docs/benchmarks.md.
 */
import { Command } from "commander";
import { runInForeground } from "./bootstrap/foreground.mjs";
import { root } from "./bootstrap/paths.mjs";
import { createReport } from "./bootstrap/report.mjs";
import { SetupError } from "./bootstrap/setup-error.mjs";
import { runCommand } from "./setup/command.ts";
import { setUpMachine } from "./setup/set-up.ts";

interface Benchmark {
  readonly file: string;
  /** Whether it brings up containers. */
  readonly needsEngine: boolean;
}

const shape = { file: "bench/measure-shape.ts", needsEngine: true };

const benchmarks: Readonly<Record<string, Benchmark>> = {
  netra: { file: "bench/main.ts", needsEngine: true },
  chain: shape,
  diamond: shape,
  fan: shape,
  many: shape,
  plan: { file: "bench/measure-plan.ts", needsEngine: false },
  alerts: { file: "bench/measure-alerts.ts", needsEngine: false },
  coordinator: { file: "bench/measure-coordinator.ts", needsEngine: false },
};

const help = `npm run bench [-- netra] [--runs N] [--json FILE] [--level LEVEL] [--port-base N] [--quiet-wait SECONDS] [--no-compose]

Measures \`up\` from nothing, \`up\` without a change, and \`preview\` of the declaration netra against their aims, and the
same containers under docker compose where that is installed. It works in a stack, a state and a network of its own,
touches none of yours, and takes all of it away at the end.

  --runs N              how often each thing is measured; the table has the medians (3)
  --json FILE           everything that was measured
  --level LEVEL         basic, comprehensive, productionSimulation, production (comprehensive)
  --port-base N         the first of the ports that it takes on the loopback interface (14000)
  --quiet-wait SECONDS  how long each measurement waits for a machine that does nothing else (60)
  --no-compose          leaves docker compose out

npm run bench -- chain|diamond|fan|many [--runs N] [--late-ms N] [--interval TIME] [--no-compose] [--json FILE] [--docs]

Measures how soon small services are up that are ready a fixed time after their start: six in a row; one, four, one; one, twelve;
forty in one phase. In turn with docker compose, where that is installed, and with the engine alone, told what to start when.

  --runs N              how often each is measured; the table has the median and the 95th percentile (10)
  --late-ms N           how long after its start each is ready, in milliseconds (500)
  --interval TIME       the time between compose's health checks (100ms)
  --quiet-wait SECONDS  how long the first run waits for a machine that does nothing else (60)
  --no-compose          leaves docker compose out
  --json FILE           everything that was measured
  --docs                writes the tables into docs/benchmarks.md

npm run bench -- plan [--services N,N,…] [--phases N] [--runs N] [--preview]

Measures how long declarations of many services take to be resolved.

  --services N,N,…      how many services each has (50,100,300)
  --phases N            in how many phases (20)
  --runs N              how often each is resolved; the table has the median, the least and the most (20)
  --preview             measures \`pulumi preview\` of each as well, which creates nothing

npm run bench -- alerts [--days N] [--services N] [--events N] [--json]

Simulates days with faults, and counts the alerts, and those that one alerter a service would have sent. It needs no engine.

  --days N              how many days, each of another seed (20)
  --services N          how many services the stack has (30)
  --events N            how much happens in a day: failures, and what people do (80)

npm run bench -- coordinator [--services N,N,…] [--phases N] [--probes N] [--seconds N] [--interval TIME] [--no-failures] [--json FILE]

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
  .argument("[benchmark]", "", "netra")
  .allowUnknownOption()
  .allowExcessArguments();
program.helpInformation = () => help;

await runCommand(program, async () => {
  const [first = ""] = program.args;
  const name = first === "" || first.startsWith("-") ? "netra" : first;
  const benchmark = benchmarks[name];
  if (benchmark === undefined)
    throw new SetupError(`there is no benchmark ${name}: ${Object.keys(benchmarks).join(", ")}`);
  const { file, needsEngine } = benchmark;
  const { env } = await setUpMachine(createReport(process.stdout), needsEngine ? ["dev"] : []);
  // Which shape it is its program must know; the others know what they are.
  const args = benchmark === shape ? program.args : program.args.filter((arg) => arg !== name);
  return await runInForeground("node", [file, ...args], { env, cwd: root });
});

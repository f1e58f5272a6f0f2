/**
 * `npm run bench`: sets up what a benchmark needs, and runs it. Each is a program of its own, bench/measure-….ts, and has its own
 * options and help. See docs/benchmarks.md.
 */
import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { Command } from "commander";
import { command } from "./bootstrap/command.mjs";
import { runInForeground } from "./bootstrap/foreground.mjs";
import { root } from "./bootstrap/paths.mjs";
import { createReport } from "./bootstrap/report.mjs";
import { buildCompose, composePlace } from "./setup/compose.ts";
import { forPeople } from "./setup/for-people.ts";
import { setUpMachine, setUpPulumi } from "./setup/set-up.ts";

interface Benchmark {
  readonly summary: string;
  readonly file: string;
  /** Whether it brings up containers. */
  readonly needsEngine: boolean;
  /** Whether its program measures several things, and takes its name as the first argument. */
  readonly named?: true;
  /** Images that it needs beside those of the project's own stack. */
  readonly images?: readonly string[];
}

const shape = { file: "bench/measure-shape.ts", needsEngine: true, named: true } as const;

const benchmarks: Readonly<Record<string, Benchmark>> = {
  netra: {
    summary: "`up` of netra, and where its time goes, beside compose",
    file: "bench/measure-netra.ts",
    needsEngine: true,
  },
  chain: { ...shape, summary: "six small services in a row, beside compose and the engine alone" },
  diamond: { ...shape, summary: "the same of one, four, one" },
  fan: { ...shape, summary: "the same of one, twelve" },
  many: { ...shape, summary: "the same of forty in one phase" },
  noop: {
    summary: "`up` of netra and of the chain without a change, beside compose and an empty program",
    file: "bench/measure-noop.ts",
    needsEngine: true,
  },
  preview: {
    summary: "`preview` of both without a change, beside `compose --dry-run up` and an empty program",
    file: "bench/measure-preview.ts",
    needsEngine: true,
  },
  plan: {
    summary: "how long declarations of many services take to be resolved",
    file: "bench/measure-plan.ts",
    // For --preview.
    needsEngine: true,
  },
  alerts: {
    summary: "alerts of simulated days, and those of one alerter a service",
    file: "bench/measure-alerts.ts",
    needsEngine: false,
  },
  "false-readiness": {
    summary: "how often a client is begun before what it needs works, beside compose",
    file: "bench/measure-false-readiness.ts",
    needsEngine: true,
  },
  scale: {
    summary: "previews and `up` of 75, 150 and 300 services: what each further one costs",
    file: "bench/measure-scale.ts",
    needsEngine: true,
  },
  wide: {
    summary: "a hundred services in one phase, beside compose",
    file: "bench/measure-wide.ts",
    needsEngine: true,
  },
  probes: {
    summary: "processor time of an attempt of each kind of probe, beside the engine's health checks",
    file: "bench/measure-probes.ts",
    needsEngine: true,
    images: ["mariadb:11", "rabbitmq:4"],
  },
  coordinator: {
    summary: "memory and processor time of a coordinator on a simulated engine",
    file: "bench/measure-coordinator.ts",
    needsEngine: false,
  },
};

const program = new Command("npm run bench --")
  .description(
    "Measure what phasegate costs, mostly beside Docker Compose. `npm run bench -- NAME --help` shows a benchmark's options.",
  )
  .configureHelp({ helpWidth: 110, subcommandTerm: (sub) => sub.name() })
  .helpCommand(false)
  .addHelpText(
    "after",
    "\nThe benchmarks use Compose 2 if `docker compose` or `docker-compose` provides it, otherwise Compose 1, otherwise none.",
  );

for (const [name, benchmark] of Object.entries(benchmarks)) {
  program
    .command(name)
    .description(benchmark.summary)
    // Its own program has its options, --help among them.
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action((_options, { args }: Command) => runsAs(() => run(name, benchmark, args)));
}

program
  .command("build-compose")
  .description("build Docker Compose 2 from Go modules, once, for all benchmarks; needs Go")
  .action(() =>
    runsAs(async () => {
      await createReport(process.stdout).step("compose", buildCompose);
      return 0;
    }),
  );

await program.parseAsync();

async function runsAs(body: () => Promise<number>): Promise<void> {
  await command(() => forPeople(body()));
}

async function run(name: string, benchmark: Benchmark, args: readonly string[]): Promise<number> {
  const { file, needsEngine, named, images } = benchmark;
  const command = [file, ...(named ? [name] : []), ...args];
  if (args.includes("--help") || args.includes("-h"))
    return await runInForeground(process.execPath, command, { env: process.env, cwd: root });
  const report = createReport(process.stdout);
  const { env } = await (needsEngine ? setUpMachine(report, ["dev"], images) : setUpPulumi(report));
  const place = composePlace();
  const PATH = existsSync(place) ? [place, env["PATH"]].join(delimiter) : env["PATH"];
  return await runInForeground(process.execPath, command, { env: { ...env, PATH }, cwd: root });
}

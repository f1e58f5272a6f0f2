/** What supervision costs: the coordinator's memory and processor time. `npm run bench -- coordinator` runs it. */
import { Option } from "commander";
import { durationMs } from "../lib/core/duration.ts";
import type { Duration } from "../lib/core/duration.ts";
import { benchmark, duration, jsonOption, runBenchmark, wholeNumber, wholeNumbers } from "./benchmark.ts";
import type { CoordinatorCost } from "./coordinator-cost.ts";
import { coordinatorCost } from "./coordinator-cost.ts";
import { coordinatorTable } from "./coordinator-table.ts";

interface Options {
  readonly services: readonly number[];
  readonly phases: number;
  readonly probes: number;
  readonly seconds: number;
  readonly interval: Duration;
  readonly failures: boolean;
  readonly nodeArg: readonly string[];
}

const command = benchmark(
  "coordinator",
  "Measures the memory and the processor time of a coordinator that supervises so many services, which are ready, on an engine that is simulated. It needs no engine.",
)
  .addOption(
    new Option("--services <n,…>", "how many services")
      .argParser(wholeNumbers)
      .default([10, 100, 1000], "10,100,1000"),
  )
  .addOption(new Option("--phases <n>", "in how many phases").argParser(wholeNumber).default(10))
  .addOption(new Option("--probes <n>", "how many probes each has").argParser(wholeNumber).default(1))
  .addOption(new Option("--seconds <n>", "how long it is measured").argParser(wholeNumber).default(60))
  .addOption(
    new Option("--interval <time>", "the time between two attempts").argParser(duration).default("15s"),
  )
  .option("--no-failures", "leave out what a failure of the first service costs")
  .addOption(
    new Option(
      "--node-arg <arg…>",
      "an argument of the coordinator's Node.js, as --node-arg=--jitless; may be repeated",
    )
      .argParser((arg: string, before: readonly string[]) => [...before, arg])
      .default([], "none"),
  )
  .addOption(jsonOption());

await runBenchmark(command, async ({ signal, say }) => {
  const { services, phases, probes, seconds, interval, failures, nodeArg } = command.opts<Options>();
  const costs: CoordinatorCost[] = [];
  for (const count of services)
    costs.push(
      await coordinatorCost({
        root: process.cwd(),
        size: { services: count, phases, probes },
        interval,
        // Each probe has been run a few times by then, and what a start has left behind is gone.
        warmUpMs: 3 * durationMs(interval),
        measureMs: seconds * 1000,
        failures,
        nodeArgs: nodeArg,
        signal,
        say,
      }),
    );
  return { measured: { node: process.versions.node, costs }, report: coordinatorTable(costs) };
});

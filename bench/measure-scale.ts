/** What systems of many services cost, and whether the cost of a service grows with their number. `npm run bench -- scale` runs it. */
import { Option } from "commander";
import { dockerClient } from "../lib/engine/docker-engine.ts";
import {
  benchmark,
  docsOption,
  jsonOption,
  notNegative,
  runBenchmark,
  runsOption,
  wholeNumber,
  wholeNumbers,
} from "./benchmark.ts";
import { waitForQuiet } from "./machine.ts";
import type { SizeCost } from "./scale/growth.ts";
import { measureSize } from "./scale/growth.ts";
import { growthReport } from "./scale/growth-report.ts";
import { prepareImages } from "./scale/prepare-images.ts";
import { describeSetting } from "./setting.ts";

interface Options {
  readonly phases: readonly number[];
  readonly services: number;
  readonly runs: number;
  readonly up: boolean;
  readonly quietWait: number;
}

const command = benchmark(
  "scale",
  "Measures what previews and `up` take for systems of growing size, and what each further service costs. The services are tiny servers with three probes and three needs each, and are really brought up: 300 of them take some minutes and 4 GiB.",
)
  .addOption(
    new Option("--phases <n,…>", "in how many phases, for each size")
      .argParser(wholeNumbers)
      .default([5, 10, 20], "5,10,20"),
  )
  .addOption(new Option("--services <n>", "how many services a phase").argParser(wholeNumber).default(15))
  .addOption(runsOption(3, "how often previews, and `up` without a change, are measured for each size"))
  .option("--no-up", "bring up nothing: previews alone")
  .addOption(
    new Option("--quiet-wait <seconds>", "how long it waits, before each size, for a quiet machine")
      .argParser(notNegative)
      .default(60),
  )
  .addOption(jsonOption())
  .addOption(docsOption());

await runBenchmark(command, async ({ signal, say }) => {
  const { phases, services, runs, up, quietWait } = command.opts<Options>();
  const docker = dockerClient();
  await prepareImages(docker, say);
  const sizes: SizeCost[] = [];
  let busyBefore = 0;
  for (const count of phases) {
    busyBefore = Math.max(busyBefore, await waitForQuiet(quietWait * 1000, signal));
    const size = { services: count * services, phases: count };
    sizes.push(await measureSize(docker, size, { runs, up, signal, say }));
  }
  const setting = await describeSetting(docker, undefined, busyBefore, signal);
  const measured = { setting, runs, sizes };
  return { measured, report: growthReport(measured), section: "scale" };
});

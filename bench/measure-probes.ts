/** What an attempt of each kind of probe costs, beside a health check of the engine. `npm run bench -- probes` runs it. */
import { InvalidArgumentError, Option } from "commander";
import { errorText } from "../lib/core/errors.ts";
import { dockerClient } from "../lib/engine/docker-engine.ts";
import { benchmark, docsOption, jsonOption, notNegative, runBenchmark, wholeNumber } from "./benchmark.ts";
import { describeMachine, waitForQuiet } from "./machine.ts";
import { healthCheckCost, healthChecks, removeChecked } from "./probe-cost/health-checks.ts";
import type { HealthCheckCost } from "./probe-cost/health-checks.ts";
import { engineAccount } from "./probe-cost/engine-processes.ts";
import { kinds } from "./probe-cost/kinds.ts";
import type { ProbeCost } from "./probe-cost/probes.ts";
import { idleCost, imagesOf, probeCost, removeProbes } from "./probe-cost/probes.ts";
import { probesReport } from "./probe-cost/report.ts";
import { programProject } from "./program-project.ts";

interface Options {
  readonly kinds: readonly string[];
  readonly probes: number;
  readonly seconds: number;
  readonly quietWait: number;
}

const command = benchmark(
  "probes",
  "Measures the processor time that one attempt of each kind of probe takes, in the coordinator and on the engine, beside what the engine takes for one health check by a command in the container. It needs a container engine on this machine.",
)
  .addOption(
    new Option("--kinds <kind,…>", "which kinds")
      .argParser(knownKinds)
      .default(Object.keys(kinds), "all of them"),
  )
  .addOption(
    new Option("--probes <n>", "how many probes of a kind are run, each once a second")
      .argParser(wholeNumber)
      .default(10),
  )
  .addOption(
    new Option("--seconds <n>", "how long each kind and each health check is measured")
      .argParser(wholeNumber)
      .default(20),
  )
  .addOption(
    new Option(
      "--quiet-wait <seconds>",
      "how long it waits, before the first, for a machine that does nothing else",
    )
      .argParser(notNegative)
      .default(60),
  )
  .addOption(jsonOption())
  .addOption(docsOption());

await runBenchmark(command, async ({ signal, say }) => {
  const { kinds: wanted, probes, seconds, quietWait } = command.opts<Options>();
  const measureMs = seconds * 1000;
  const docker = dockerClient();
  // Says at once where the engine is somewhere else.
  engineAccount();
  const project = await programProject("probes", process.cwd(), "bench/probe-cost/program.ts", signal);
  try {
    await removeProbes(docker);
    await removeChecked(docker);
    const options = { project, docker, probes, measureMs, signal };
    say("the services come up");
    await idleCost({ ...options, measureMs: 1 });
    const images = await imagesOf(docker);
    const busyBefore = await waitForQuiet(quietWait * 1000, signal);
    say("an idle coordinator");
    const idle = await idleCost(options);
    const costs: ProbeCost[] = [];
    const failures: string[] = [];
    for (const kind of wanted) {
      say(kind);
      try {
        costs.push(await probeCost(kind, idle, options));
      } catch (error) {
        // The others are not to be measured once more because of it.
        signal.throwIfAborted();
        failures.push(`${kind} could not be measured: ${errorText(error)}`);
        say(failures.at(-1) ?? "");
      }
    }
    // While there is no coordinator: it follows what happens to the containers.
    await project.pulumi("destroy", "--yes", "--skip-preview");
    await removeProbes(docker);
    const checks: HealthCheckCost[] = [];
    for (const check of healthChecks) {
      say(`a health check: ${check.title}`);
      checks.push(await healthCheckCost(docker, check, images, measureMs, signal));
    }
    const measured = {
      ...{ machine: await describeMachine(docker), busyBefore, seconds, probes },
      ...{ healthChecks: checks, kinds: costs, failures },
    };
    return { measured, report: probesReport(measured), section: "probes" };
  } finally {
    await removeProbes(docker);
    await removeChecked(docker);
    project.remove();
  }
});

function knownKinds(text: string): readonly string[] {
  const names = text.split(",");
  const unknown = names.filter((name) => !(name in kinds));
  if (unknown.length > 0)
    throw new InvalidArgumentError(
      `No such kind: ${unknown.join(", ")}. There are ${Object.keys(kinds).join(", ")}.`,
    );
  return names;
}

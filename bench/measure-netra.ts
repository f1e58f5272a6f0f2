/** How long an `up` of netra takes, and where its time goes, beside compose. `npm run bench -- netra` runs it. */
import { Option } from "commander";
import { dockerClient } from "../lib/engine/docker-engine.ts";
import type { ValidationLevel } from "../lib/model/level.ts";
import { validationLevels } from "../lib/model/level.ts";
import type { RivalOptions } from "./benchmark.ts";
import { benchmark, durations, runBenchmark, wholeNumber, withRivalOptions } from "./benchmark.ts";
import { findCompose } from "./compose.ts";
import type { Contender } from "./in-turn.ts";
import { inTurn } from "./in-turn.ts";
import { waitForQuiet } from "./machine.ts";
import type { ComposeRun } from "./netra/compose.ts";
import { measureCompose, openComposeNetra } from "./netra/compose.ts";
import type { UpRun } from "./netra/phasegate.ts";
import { measureUp, removeStack } from "./netra/phasegate.ts";
import { netraReport } from "./netra/report.ts";
import { makeWorkspace } from "./netra/workspace.ts";
import { describeSetting } from "./setting.ts";

interface Options extends RivalOptions {
  readonly level: ValidationLevel;
  readonly portBase: number;
  readonly interval: readonly string[];
}

const command = withRivalOptions(
  benchmark(
    "netra",
    "Measures `up` of the declaration netra from nothing, and without a change, and where its time goes; in turn with the same containers under docker compose, where that is installed. It works in a stack, a state and a network of its own, touches none of yours, and takes all of it away at the end.",
  ),
)
  .addOption(
    new Option("--interval <time,…>", "the times between compose's health checks: each is a rival")
      .argParser(durations)
      .default(["1s", "100ms"], "1s,100ms"),
  )
  .addOption(
    new Option("--level <level>", "how much is validated").choices(validationLevels).default("comprehensive"),
  )
  .addOption(
    new Option("--port-base <n>", "the first of the ports that it takes on the loopback interface")
      .argParser(wholeNumber)
      .default(14_000),
  );

await runBenchmark(command, async ({ signal, say }) => {
  const { runs, quietWait, compose: wanted, level, portBase, interval: intervals } = command.opts<Options>();
  const docker = dockerClient();
  await removeStack(docker);
  const workspace = await makeWorkspace({ root: process.cwd(), level, portBase, signal });
  const reset = async () => {
    await removeStack(docker);
    await workspace.reset();
  };
  try {
    await workspace.reset();
    const compose = wanted ? await findCompose(signal) : undefined;
    say("once, not measured: what is not there yet is built now");
    const { images } = await measureUp(workspace, docker, signal);
    await reset();

    const phasegate: UpRun[] = [];
    const rivals = (compose === undefined ? [] : intervals).map((interval) => ({
      interval,
      runs: [] as ComposeRun[],
    }));
    const contenders: Contender[] = [
      {
        name: "phasegate",
        run: async () => {
          phasegate.push(await measureUp(workspace, docker, signal));
          await reset();
        },
      },
    ];
    for (const { interval, runs: composed } of rivals) {
      if (compose === undefined) continue;
      const netra = openComposeNetra(compose, workspace, images, interval);
      contenders.push({
        name: `compose ${compose.version}, health checks every ${interval}`,
        run: async () => composed.push(await measureCompose(netra, signal)),
      });
    }
    const busyBefore = await waitForQuiet(quietWait * 1000, signal);
    await inTurn(contenders, runs, { signal, say });
    const setting = await describeSetting(docker, compose, busyBefore, signal);
    const measured = { level, setting, phasegate, compose: rivals };
    return { measured, report: netraReport(measured), section: "netra" };
  } finally {
    await removeStack(docker);
    workspace.remove();
  }
});

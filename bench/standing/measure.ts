import { Option } from "commander";
import { dockerClient } from "../../lib/engine/docker-engine.ts";
import type { ValidationLevel } from "../../lib/model/level.ts";
import { validationLevels } from "../../lib/model/level.ts";
import type { Measurement, RivalOptions } from "../benchmark.ts";
import { benchmark, duration, runBenchmark, wholeNumber, withRivalOptions } from "../benchmark.ts";
import { findCompose } from "../compose.ts";
import type { Contender } from "../in-turn.ts";
import { inTurn } from "../in-turn.ts";
import { waitForQuiet } from "../machine.ts";
import { describeSetting } from "../setting.ts";
import type { StandingKind, StandingTimes } from "./report.ts";
import { standingReport } from "./report.ts";
import type { StandingProject } from "./stacks.ts";
import { withStandingStacks } from "./stacks.ts";
import { unchangedResources } from "./unchanged.ts";

/** A command that has nothing to do. */
export interface StandingCommand {
  readonly name: StandingKind;
  readonly description: string;
  /** Of phasegate and of the empty program. */
  readonly pulumi: readonly [string, ...string[]];
  readonly compose: keyof StandingProject;
}

interface Options extends RivalOptions {
  readonly level: ValidationLevel;
  readonly portBase: number;
  readonly interval: string;
}

/** Measures a command without a change, on netra and on the chain, in turn with compose and with an empty program. */
export async function measureStanding({
  name,
  description,
  pulumi,
  compose: composeCommand,
}: StandingCommand) {
  const command = withRivalOptions(benchmark(name, description))
    .addOption(
      new Option("--interval <time>", "the time between compose's health checks")
        .argParser(duration)
        .default("10s"),
    )
    .addOption(
      new Option("--level <level>", "how much of netra is validated")
        .choices(validationLevels)
        .default("comprehensive"),
    )
    .addOption(
      new Option("--port-base <n>", "the first of the ports that it takes on the loopback interface")
        .argParser(wholeNumber)
        .default(14_000),
    );
  await runBenchmark(command, async (bench): Promise<Measurement> => {
    const { runs, quietWait, compose: wanted, ...options } = command.opts<Options>();
    const { signal } = bench;
    const docker = dockerClient();
    const installed = wanted ? await findCompose(signal) : undefined;
    const compose = composeCommand === "dryRun" && !installed?.canDryRun ? undefined : installed;
    const standing = { ...options, lateMs: 500 };
    return await withStandingStacks(docker, compose, standing, bench, async ({ stacks, pulumiEmpty }) => {
      const emptyMs: number[] = [];
      const systems = stacks.map((stack) => {
        const times: StandingTimes = { name: stack.name, resources: 0, phasegateMs: [], composeMs: [] };
        return { stack, times };
      });
      const contenders: readonly Contender[] = [
        ...systems.flatMap(({ stack, times }) => [
          {
            name: `${stack.name}, phasegate`,
            run: async () => {
              const { stdout, tookMs } = await stack.pulumi(...pulumi);
              times.resources = unchangedResources(stdout);
              times.phasegateMs.push(tookMs);
            },
          },
          ...(stack.compose === undefined ? [] : [composeContender(stack.compose, times)]),
        ]),
        { name: "an empty program", run: async () => emptyMs.push((await pulumiEmpty(...pulumi)).tookMs) },
      ];
      bench.say("once, not measured");
      for (const { stack } of systems) await stack.pulumi(...pulumi);
      const busyBefore = await waitForQuiet(quietWait * 1000, signal);
      await inTurn(contenders, runs, bench);
      const setting = await describeSetting(docker, compose, busyBefore, signal);
      const measured = {
        ...{ kind: name, interval: options.interval, level: options.level, setting, emptyMs },
        stacks: systems.map(({ times }) => times),
      };
      return { measured, report: standingReport(measured), section: name };
    });

    function composeContender(project: StandingProject, times: StandingTimes): Contender {
      return {
        name: `${times.name}, compose ${compose?.version ?? ""}`,
        run: async () => times.composeMs.push((await project[composeCommand]()).tookMs),
      };
    }
  });
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { PhasegateError } from "../core/errors.ts";
import type { Calibration, StackStarts } from "../history/calibrate.ts";
import { calibrate, leastStarts } from "../history/calibrate.ts";
import { startDurations } from "../history/start-durations.ts";
import { mostStarts } from "../model/history.ts";
import { calibrateText } from "./calibrate-text.ts";
import { declarationSources, declaredTimeouts } from "./declared-timeouts.ts";
import { numberFrom } from "./numbers.ts";
import type { RunningStack } from "../control/running-stack.ts";
import { connectAllStacks, connectStack } from "../control/running-stack.ts";
import { readStackPlan } from "../project/stack-plan.ts";
import type { PatchedFile } from "./timeout-patch.ts";
import { timeoutPatch } from "./timeout-patch.ts";

/** `phasegate calibrate`: timeouts from what starts have taken, as a patch. Exit code 1 when a phase is refused. */
export function calibrateCommand(): Command {
  return new Command("calibrate")
    .summary("Propose each phase's timeout from past starts, as a patch")
    .description(
      "Propose each phase's timeout, based on how long its services took to start, as a patch to the declaration. The exit code is 1 if there are not enough starts.",
    )
    .option("--stack <name>", "the stack whose history is read (default: all that exist)")
    .option(
      "--margin <factor>",
      "the factor that multiplies the p99 of the slowest service",
      numberFrom(1, 100),
      1.5,
    )
    .option("--since <instant>", 'only starts since then: "2026-11-24" or "2026-11-24T14:00Z"', instant)
    .option("--json", "print JSON")
    .option("--write", "change the declaration instead of only showing the patch")
    .action(async (options: CalibrateOptions) => {
      const root = process.cwd();
      const stacks = await readStacks(root, options);
      const declaration = stacks[0]?.plan.name ?? "";
      const phases = Object.keys(stacks[0]?.plan.phases ?? {});
      const sources = await declarationSources(root);
      const places = await declaredTimeouts(sources, declaration, phases);
      const { files, calibrations } = timeoutPatch(sources, places, calibrate(stacks, options.margin));
      if (options.write) await Promise.all(files.map(({ file, text }) => writeFile(join(root, file), text)));
      const written = options.write === true;
      console.log(
        options.json
          ? JSON.stringify(calibrateJson(stacks, calibrations, files, options.margin, written), null, 2)
          : calibrateText(stacks, calibrations, files, written),
      );
      process.exitCode = calibrations.some(({ refused }) => refused !== undefined) ? 1 : 0;
    });
}

interface CalibrateOptions {
  readonly stack?: string;
  readonly margin: number;
  readonly since?: number;
  readonly json?: true;
  readonly write?: true;
}

/** What the histories of the running stacks say, with the plans that the project's files give for them. */
async function readStacks(root: string, { stack, since = 0 }: CalibrateOptions): Promise<StackStarts[]> {
  const running = stack === undefined ? await connectAllStacks() : [await connectStack(stack)];
  try {
    return await Promise.all(running.map((one) => readStack(root, one, since)));
  } finally {
    for (const { coordinator } of running) coordinator.close();
  }
}

async function readStack(
  root: string,
  { stack, declaration, coordinator }: RunningStack,
  sinceMs: number,
): Promise<StackStarts> {
  const plan = await readStackPlan(root, stack);
  if (plan.name !== declaration) {
    throw new PhasegateError(
      "PHASEGATE_STACK_UNKNOWN",
      `the stack ${stack} runs ${declaration}, and Pulumi.${stack}.yaml here deploys ${plan.name}`,
    );
  }
  const services = await Promise.all(
    Object.keys(plan.services).map(async (service) => {
      const { starts } = await coordinator.call("history", { service, last: mostStarts });
      const recent = starts.filter(({ beganMs }) => beganMs >= sinceMs);
      return startDurations(service, plan.validationLevel, recent);
    }),
  );
  return { plan, services };
}

/** JSON has no Infinity: what is longer than the budget is null. */
function calibrateJson(
  stacks: readonly StackStarts[],
  calibrations: readonly Calibration[],
  files: readonly PatchedFile[],
  margin: number,
  written: boolean,
): object {
  return {
    margin,
    leastStarts,
    stacks: stacks.map(({ plan, services }) => ({
      stack: plan.stack,
      environment: plan.environment,
      startupTimeoutMultiplier: plan.startupTimeoutMultiplier,
      services,
    })),
    phases: calibrations,
    patch: files.map(({ diff }) => diff).join(""),
    written,
  };
}

function instant(text: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new InvalidArgumentError('It must be an instant such as "2026-11-24T14:00Z".');
  return ms;
}

import { Command } from "commander";
import { systemClock } from "../core/clock.ts";
import type { CommandAction } from "../model/control.ts";
import type { CommandProgress, CommandStep } from "../model/control-answers.ts";
import { connectStack } from "../control/running-stack.ts";
import { commandText, interruptedText, isDone, progressLine } from "./command-text.ts";
import { interruptedCode, onInterrupt } from "./interrupted.ts";
import { liveLine } from "./live-line.ts";

interface CommandOptions {
  readonly stack?: string;
  readonly json?: true;
}

interface CommandTexts {
  /** In the list of all commands. */
  readonly summary: string;
  readonly description: string;
  /** What stands below the options. */
  readonly help: string;
}

const anyServices = ["[service...]", "the services (default: all)"] as const;
const oneJob = ["<job>", "the job"] as const;

/** The command of an action on services: its arguments and options, and how it runs. */
export function stackCommandOf(action: CommandAction, { summary, description, help }: CommandTexts): Command {
  const [argument, meaning] = action === "run" ? oneJob : anyServices;
  return new Command(action)
    .summary(summary)
    .description(description)
    .argument(argument, meaning)
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--json", "print what was done as JSON, without progress")
    .addHelpText("after", help)
    .action((services: string | string[], options: CommandOptions) =>
      run(action, [services].flat(), options),
    );
}

async function run(action: CommandAction, services: string[], options: CommandOptions): Promise<void> {
  const { stack, declaration, coordinator } = await connectStack(options.stack);
  const live = liveLine(process.stdout, systemClock);
  const underWay = new Map<string, Pick<CommandStep, "service" | "action">>();
  let isFollowing = false;
  const interrupt = () => {
    // The coordinator sees the connection end, and begins nothing else.
    coordinator.close();
    live.clear();
    console.error(interruptedText({ stack, action }, [...underWay.values()], isFollowing));
    process.exit(interruptedCode);
  };
  const show = (progress: CommandProgress) => {
    if (progress.kind === "begun") underWay.set(progress.service, progress);
    if (progress.kind === "done") underWay.delete(progress.step.service);
    isFollowing ||= progress.kind === "following";
    if (options.json) return;
    const line = progressLine(progress);
    if (line !== undefined) live.say(line);
    else if (progress.kind === "waiting") live.show(progress.text);
  };
  const result = await onInterrupt(interrupt, () =>
    coordinator.call("command", { action, services }, show),
  ).finally(() => {
    live.clear();
    coordinator.close();
  });
  console.log(
    options.json
      ? JSON.stringify({ declaration, stack, action, ...result }, null, 2)
      : `\n${commandText({ declaration, stack }, action, result)}`,
  );
  process.exitCode = isDone(result) ? 0 : 1;
}

import { Command, Option } from "commander";
import { connectStack } from "../control/running-stack.ts";
import { examples } from "./examples.ts";
import { isReady, statusText } from "./status-text.ts";
import { watchInLines, watchOnTerminal } from "./status-watch.ts";

interface StatusOptions {
  readonly stack?: string;
  readonly json?: true;
  readonly watch?: true;
}

/** `phasegate status`: each service's state, with its cause, its probes and times. Exit code 1 when one is not ready. */
export function statusCommand(): Command {
  return new Command("status")
    .summary("Show each service's state, and why")
    .description(
      "Show each service's state, since when and why, its probes, times and gap, open problems and what to do about them. The exit code is 0 only if all services are ready.",
    )
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--json", "print everything as JSON")
    .addOption(
      new Option(
        "--watch",
        "redraw the table whenever something changes, until Ctrl-C; print one line per change if stdout is not a terminal",
      ).conflicts("json"),
    )
    .addHelpText(
      "after",
      examples(
        ["phasegate status", "show the state once"],
        ["phasegate status --watch --stack dev", "follow it until Ctrl-C"],
        ["phasegate status --json", "for a program; phasegate events --follow --json prints changes"],
      ),
    )
    .action((options: StatusOptions) => (options.watch ? watch(options.stack) : show(options)));
}

async function show({ stack: name, json }: StatusOptions): Promise<void> {
  const { stack, declaration, coordinator } = await connectStack(name);
  const status = await coordinator.call("status", {}).finally(() => coordinator.close());
  console.log(
    json
      ? JSON.stringify({ declaration, stack, ...status }, null, 2)
      : statusText({ declaration, stack }, status),
  );
  process.exitCode = isReady(status) ? 0 : 1;
}

async function watch(name: string | undefined): Promise<void> {
  const onTerminal = process.stdout.isTTY;
  const last = await (onTerminal ? watchOnTerminal(name) : watchInLines(name));
  if (last === undefined) return;
  // What was on the other screen is gone with it.
  if (onTerminal) console.log(statusText(last, last.status, { brief: true }));
  process.exitCode = isReady(last.status) ? 0 : 1;
}

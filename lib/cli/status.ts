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
    .summary("each service's state, and why; exit code 0 only when all are ready")
    .description(
      "each service's state, since when and why, its probes, times and gap, what is open and what helps; exit code 0 only when all are ready",
    )
    .option("--stack <name>", "the stack (default: the only one that is there)")
    .option("--json", "all of it as JSON")
    .addOption(
      new Option(
        "--watch",
        "go on until Ctrl-C: drawn again in place whenever something changes; a line for each change where stdout is no terminal",
      ).conflicts("json"),
    )
    .addHelpText(
      "after",
      examples(
        ["phasegate status", "once"],
        ["phasegate status --watch --stack dev", "until Ctrl-C"],
        ["phasegate status --json", "for a program; phasegate events --follow --json says what changes"],
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

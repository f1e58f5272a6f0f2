import type { Command } from "commander";
import { examples } from "./examples.ts";
import { stackCommandOf } from "./stack-command.ts";

/** `phasegate start [SERVICE...]`: starts what is not up, in the order of the start. Exit code 1 when one does not become ready. */
export function startCommand(): Command {
  return stackCommandOf("start", {
    summary: "Start services that are not running, or all, in order",
    description:
      "Start services that are not running, or all of them, in start order, each once what it needs is ready, and wait until they are ready. Services that failed or were given up are tried again. The exit code is 1 if a service does not become ready.",
    help: examples(
      ["phasegate start", "all that are not running, phase by phase"],
      ["phasegate start redis", "one service; its dependents follow by their policies"],
    ),
  });
}

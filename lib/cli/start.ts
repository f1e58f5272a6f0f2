import type { Command } from "commander";
import { examples } from "./examples.ts";
import { stackCommandOf } from "./stack-command.ts";

/** `phasegate start [SERVICE...]`: starts what is not up, in the order of the start. Exit code 1 when one does not become ready. */
export function startCommand(): Command {
  return stackCommandOf("start", {
    summary: "starts services that are not up, or all, in order",
    description:
      "starts services that are not up, or all of them, in the order of the start, each when what it needs is ready, and waits until they are ready. What has failed or was given up is tried again. Exit code 1 when one does not become ready",
    help: examples(
      ["phasegate start", "all that are not up, phase by phase"],
      ["phasegate start redis", "one; what depends on it follows by its policy"],
    ),
  });
}

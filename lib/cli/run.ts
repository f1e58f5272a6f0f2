import type { Command } from "commander";
import { examples } from "./examples.ts";
import { stackCommandOf } from "./stack-command.ts";

/** `phasegate run JOB`: runs a job once more, and waits for its end. Exit code 1 when it fails. */
export function runCommand(): Command {
  return stackCommandOf("run", {
    summary: "Run a job once more, and show how it ends",
    description:
      "Run a job once more, in its existing container, once what it needs is ready. The command waits for the end, and shows the exit code and the last lines. Services that need the job follow by the policies of the declaration. A run by hand that fails is not repeated. The command is refused while the job runs. The exit code is 1 if the job fails.",
    help: examples(
      ["phasegate run reports", "the nightly job, now"],
      ["phasegate run migrations --json", "exit code and last lines, for a program"],
    ),
  });
}

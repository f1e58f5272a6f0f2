import type { Command } from "commander";
import { examples } from "./examples.ts";
import { stackCommandOf } from "./stack-command.ts";

/** `phasegate run JOB`: runs a job once more, and waits for its end. Exit code 1 when it fails. */
export function runCommand(): Command {
  return stackCommandOf("run", {
    summary: "runs a job once more, and shows how it ends",
    description:
      "runs a job once more, in its container as it is, when what it needs is ready. It waits for the end, and shows the exit code and the last lines; what needs the job follows by the policies of the declaration. A run by hand that fails is not repeated. Refused while the job runs. Exit code 1 when it does not end well",
    help: examples(
      ["phasegate run reports", "the nightly job, now"],
      ["phasegate run migrations --json", "exit code and last lines, for a program"],
    ),
  });
}

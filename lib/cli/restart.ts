import type { Command } from "commander";
import { examples } from "./examples.ts";
import { stackCommandOf } from "./stack-command.ts";

/** `phasegate restart [SERVICE...]`: restarts services, and waits for what follows. Exit code 1 when one does not become ready. */
export function restartCommand(): Command {
  return stackCommandOf("restart", {
    summary: "Restart services, or all, in order, and their dependents",
    description:
      "Restart services, or all of them, in start order, each with its grace period. Their dependents follow by the policies of the declaration, each proven before the next. The command waits for all of that. The exit code is 1 if a service does not become ready.",
    help: examples(
      ["phasegate restart redis", "one service, and the cascade that follows"],
      ["phasegate restart redis auth --json", "what was done, for a program"],
      ["phasegate restart", "all services, each once"],
    ),
  });
}

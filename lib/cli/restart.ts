import type { Command } from "commander";
import { examples } from "./examples.ts";
import { stackCommandOf } from "./stack-command.ts";

/** `phasegate restart [SERVICE...]`: restarts services, and waits for what follows. Exit code 1 when one does not become ready. */
export function restartCommand(): Command {
  return stackCommandOf("restart", {
    summary: "restarts services, or all, in order, and what follows from it",
    description:
      "restarts services, or all of them, in the order of the start, each with its grace; then what depends on them follows by the policies of the declaration, each proven before the next. It waits for all of that. Exit code 1 when a service does not become ready",
    help: examples(
      ["phasegate restart redis", "one, and the cascade that follows"],
      ["phasegate restart redis auth --json", "what was done, for a program"],
      ["phasegate restart", "all services, each once"],
    ),
  });
}

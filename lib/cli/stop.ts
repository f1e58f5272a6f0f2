import type { Command } from "commander";
import { examples } from "./examples.ts";
import { stackCommandOf } from "./stack-command.ts";

/** `phasegate stop [SERVICE...]`: stops services in the reverse of the order of the start. Exit code 1 when one does not stop. */
export function stopCommand(): Command {
  return stackCommandOf("stop", {
    summary: "Stop services, or all, in reverse start order",
    description:
      "Stop services, or all of them, in reverse start order, each with its grace period. They stay stopped, even after a reboot, until they are started again or until the next up. The exit code is 1 if a service does not stop.",
    help: examples(
      ["phasegate stop", "all services; the coordinator stays"],
      ["phasegate stop redis", "one service; its dependents become degraded"],
      ["phasegate stop web auth --stack dev", "web before auth, which it needs"],
    ),
  });
}

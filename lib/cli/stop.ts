import type { Command } from "commander";
import { examples } from "./examples.ts";
import { stackCommandOf } from "./stack-command.ts";

/** `phasegate stop [SERVICE...]`: stops services in the reverse of the order of the start. Exit code 1 when one does not stop. */
export function stopCommand(): Command {
  return stackCommandOf("stop", {
    summary: "stops services, or all, in the reverse of the order of the start",
    description:
      "stops services, or all of them, in the reverse of the order of the start, each with its grace; they stay stopped, also after a reboot, until they are started or the next up. Exit code 1 when one does not stop",
    help: examples(
      ["phasegate stop", "all services; the coordinator stays"],
      ["phasegate stop redis", "one; what depends on it is degraded by that"],
      ["phasegate stop web auth --stack dev", "web before auth, which it needs"],
    ),
  });
}

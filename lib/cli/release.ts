import { Command } from "commander";
import { instantText } from "../core/instant.ts";
import type { Held } from "../model/control-answers.ts";
import { connectStack } from "../control/running-stack.ts";
import { examples } from "./examples.ts";

/** `phasegate release`: ends a hold. */
export function releaseCommand(): Command {
  return new Command("release")
    .summary("End a hold")
    .description(
      "End a hold. Services that failed in the meantime are restarted now, and their dependents follow.",
    )
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--json", "print JSON")
    .addHelpText("after", examples(["phasegate release", "also succeeds if there is no hold"]))
    .action(async (options: { stack?: string; json?: true }) => {
      const { stack, declaration, coordinator } = await connectStack(options.stack);
      const { held } = await coordinator.call("release", {}).finally(() => coordinator.close());
      console.log(
        options.json
          ? JSON.stringify({ declaration, stack, held }, null, 2)
          : releasedText(`${declaration} (${stack})`, held),
      );
    });
}

/** What has ended. */
export function releasedText(of: string, held: Held | undefined): string {
  if (held === undefined) return `${of} was not held.`;
  return `${of} is held no more: it would have been until ${instantText(held.untilMs)}. What has failed meanwhile is restarted now.`;
}

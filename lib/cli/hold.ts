import { Command, InvalidArgumentError } from "commander";
import { durationMs, isDuration } from "../core/duration.ts";
import { tableWidth, wrapped } from "../core/layout.ts";
import { longestHoldMs, longestReason } from "../model/control.ts";
import { connectStack } from "../control/running-stack.ts";
import { examples } from "./examples.ts";
import { heldText } from "./hold-text.ts";

interface HoldOptions {
  readonly for: number;
  readonly why?: string;
  readonly stack?: string;
  readonly json?: true;
}

/** `phasegate hold --for 30m`: leaves a stack alone while somebody works on it. */
export function holdCommand(): Command {
  return new Command("hold")
    .summary("Leave a stack alone while somebody works on it")
    .description(
      "Leave a stack alone while somebody works on it. During this time the coordinator notices failures and restarts nothing. Commands and an up work as usual.",
    )
    .requiredOption("--for <duration>", 'for how long from now, at most a day: "30m", "2h"', holdMs)
    .option("--why <text>", "the reason, shown with the stack's status", reason)
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        ["phasegate hold --for 30m", "hold for half an hour"],
        ['phasegate hold --for 2h --why "an upgrade by hand"', "the reason stands in status"],
        ["phasegate release", "end the hold; failed services are then restarted"],
      ),
    )
    .action(async ({ for: forMs, why, stack: name, json }: HoldOptions) => {
      const { stack, declaration, coordinator } = await connectStack(name);
      const held = await coordinator
        .call("hold", { forMs, ...(why !== undefined && { why }) })
        .finally(() => coordinator.close());
      console.log(
        json
          ? JSON.stringify({ declaration, stack, held }, null, 2)
          : [
              `${declaration} (${stack})`,
              ...wrapped(heldText(held, held.untilMs - forMs, stack), tableWidth),
            ].join("\n"),
      );
    });
}

function holdMs(text: string): number {
  const ms = isDuration(text) ? durationMs(text) : Number.NaN;
  if (ms >= 1000 && ms <= longestHoldMs) return ms;
  throw new InvalidArgumentError('It must be a duration from "1s" to "24h", such as "30m".');
}

function reason(text: string): string {
  const why = text.trim();
  if (why.length >= 1 && why.length <= longestReason) return why;
  throw new InvalidArgumentError(`It must be a text of 1 to ${longestReason} characters.`);
}

import { Command, InvalidArgumentError } from "commander";
import { durationMs, isDuration } from "../core/duration.ts";
import { PhasegateError } from "../core/errors.ts";
import { instantText } from "../core/instant.ts";
import { tableWidth, wrapped } from "../core/layout.ts";
import { connectStack } from "../control/running-stack.ts";
import { longestSilenceMs } from "../model/alert.ts";
import { longestReason } from "../model/control.ts";
import { silencedText } from "./alert-text.ts";
import { examples } from "./examples.ts";

interface SilenceOptions {
  readonly for?: number;
  readonly why?: string;
  readonly end?: true;
  readonly stack?: string;
  readonly json?: true;
}

/** `phasegate silence SERVICE --for 1h --why "…"`: sends none of a service's alerts for a while. */
export function silenceCommand(): Command {
  return new Command("silence")
    .summary("Send no alerts about a service for a while")
    .description(
      "Send no alerts about a service for a while. `phasegate alerts` still shows them. An alert that is still open at the end is sent then, and an alert that was sent before is resolved as usual.",
    )
    .argument(
      "<service>",
      "the service that is the cause; what follows in other services is part of its alert",
    )
    .option("--for <duration>", 'for how long from now, at most a week: "30m", "2h"', silenceMs)
    .option("--why <text>", "the reason, shown with the alerts", reason)
    .option("--end", "end the silence instead")
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        ['phasegate silence redis --for 1h --why "an upgrade by hand"', "for an hour"],
        ["phasegate silence redis --end", "end it; open alerts are sent now"],
      ),
    )
    .action(async (service: string, options: SilenceOptions) => {
      const { for: forMs, why, end, stack: name, json } = options;
      if (end ? forMs !== undefined || why !== undefined : forMs === undefined || why === undefined)
        throw new PhasegateError(
          "PHASEGATE_CONTROL_REFUSED",
          `a silence needs how long it is, and why: phasegate silence ${service} --for 1h --why "…". --end stands alone.`,
        );
      const { stack, declaration, coordinator } = await connectStack(name);
      const silence = await (
        forMs === undefined || why === undefined
          ? coordinator.call("endSilence", { service }).then((ended) => ended.silence)
          : coordinator.call("silence", { service, forMs, why })
      ).finally(() => coordinator.close());
      const text =
        silence === undefined
          ? `${service} was not silenced.`
          : forMs === undefined
            ? `${service} is silenced no more: it would have been until ${instantText(silence.untilMs)}.`
            : silencedText(silence, silence.untilMs - forMs, stack);
      console.log(
        json
          ? JSON.stringify({ declaration, stack, silence }, null, 2)
          : [`${declaration} (${stack})`, ...wrapped(text, tableWidth)].join("\n"),
      );
    });
}

function silenceMs(text: string): number {
  const ms = isDuration(text) ? durationMs(text) : Number.NaN;
  if (ms >= 1000 && ms <= longestSilenceMs) return ms;
  throw new InvalidArgumentError('It must be a duration from "1s" to "168h", such as "30m".');
}

function reason(text: string): string {
  const why = text.trim();
  if (why.length >= 1 && why.length <= longestReason) return why;
  throw new InvalidArgumentError(`It must be a text of 1 to ${longestReason} characters.`);
}

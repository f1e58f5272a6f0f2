import { Command } from "commander";
import { connectStack } from "../control/running-stack.ts";
import { mostAlerts } from "../model/alert.ts";
import { alertsText, sinkTestsText } from "./alert-text.ts";
import { examples } from "./examples.ts";
import { wholeNumber } from "./numbers.ts";

interface AlertsOptions {
  readonly stack?: string;
  readonly last: number;
  readonly json?: true;
}

/** `phasegate alerts`: who was alerted of what. `phasegate alerts test [SINK]`: whether a sink is reached. */
export function alertsCommand(): Command {
  return new Command("alerts")
    .summary("the alerts that are open and those that were, and whether sinks are reached")
    .description(
      "the alerts that are open, and the last that are over: what is the matter, what it took along, what was done, and who is to get it; then what is silenced, and how the sinks are",
    )
    .option("--last <n>", "how many of those that are over, at most", wholeNumber(mostAlerts, 0), 10)
    .option("--stack <name>", "the stack (default: the only one that is there)")
    .option("--json", "as JSON, what is over the newest first")
    .addHelpText(
      "after",
      examples(
        ["phasegate alerts", "what is open, and the last 10 that are over"],
        ["phasegate alerts --last 0", "what is open"],
        ["phasegate alerts test", "sends a test to every sink"],
      ),
    )
    .addCommand(testCommand())
    .action(async ({ stack: name, last, json }: AlertsOptions) => {
      const { stack, declaration, coordinator } = await connectStack(name);
      const answer = await coordinator.call("alerts", { last }).finally(() => coordinator.close());
      console.log(
        json
          ? JSON.stringify({ declaration, stack, ...answer }, null, 2)
          : alertsText(`${declaration} (${stack})`, answer, stack),
      );
    });
}

/** Exit code 1 where a sink does not take it, or none is declared. */
function testCommand(): Command {
  return new Command("test")
    .description("sends a test to a sink, or to all of them, now, and says what they answer")
    .exitOverride()
    .argument("[sink]", "one sink only")
    .option("--stack <name>", "the stack (default: the only one that is there)")
    .option("--json", "as JSON")
    .addHelpText(
      "after",
      examples(
        ["phasegate alerts test", "every sink; exit code 1 where one does not take it"],
        ["phasegate alerts test alertmanager", "one of them"],
      ),
    )
    .action(async (sink: string | undefined, _options: unknown, command: Command) => {
      // Both commands have these options, and the outer one takes them.
      const { stack: name, json } = command.optsWithGlobals<Omit<AlertsOptions, "last">>();
      const { stack, declaration, coordinator } = await connectStack(name);
      const { tests } = await coordinator
        .call("testAlert", sink === undefined ? {} : { sink })
        .finally(() => coordinator.close());
      console.log(
        json
          ? JSON.stringify({ declaration, stack, tests }, null, 2)
          : sinkTestsText(`${declaration} (${stack})`, tests),
      );
      if (tests.length === 0 || tests.some(({ taken }) => !taken)) process.exitCode = 1;
    });
}

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
    .summary("Show open and past alerts, and the state of the sinks")
    .description(
      "Show the open alerts and the latest past ones: the cause, the services that failed with it, what was done, and where the alert is sent; then the silences and the state of the sinks",
    )
    .option("--last <n>", "the maximum number of past alerts", wholeNumber(mostAlerts, 0), 10)
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--json", "print JSON, past alerts newest first")
    .addHelpText(
      "after",
      examples(
        ["phasegate alerts", "open alerts and the last 10 past ones"],
        ["phasegate alerts --last 0", "open alerts"],
        ["phasegate alerts test", "send a test to every sink"],
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
    .description("Send a test to one sink or to all sinks now, and show their answers")
    .exitOverride()
    .argument("[sink]", "only this sink")
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      examples(
        ["phasegate alerts test", "test every sink; the exit code is 1 if a sink does not accept it"],
        ["phasegate alerts test alertmanager", "test one sink"],
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

import { Command } from "commander";
import { connectStack } from "../control/running-stack.ts";
import { latenciesText } from "./latencies-text.ts";
import { pastMs } from "./report-figures.ts";

interface LatenciesOptions {
  readonly stack?: string;
  /** Milliseconds before now. */
  readonly since: number;
  readonly attempts?: true;
  readonly json?: true;
}

/** `phasegate latencies`: how long the attempts of each probe have taken. */
export function latenciesCommand(): Command {
  return new Command("latencies")
    .summary("Show how long the attempts of each probe take")
    .description(
      "Show how long the attempts of each probe take, one line per probe, and how that has changed",
    )
    .argument("[service]", "only this service")
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--since <time>", 'how far back: "1h", "7d", "90d"', pastMs, pastMs("24h"))
    .option("--attempts", "with a service: also show each attempt of the last day")
    .option("--json", "print JSON")
    .action(async (service: string | undefined, options: LatenciesOptions, command: Command) => {
      const { since, attempts = false, json } = options;
      if (attempts && service === undefined)
        command.error('--attempts are those of one service: name it, as in "phasegate latencies postgres"');
      const { stack, declaration, coordinator } = await connectStack(options.stack);
      const sinceMs = Math.max(0, Math.round(Date.now() - since));
      const answer = await coordinator
        .call("latencies", { sinceMs, attempts, ...(service !== undefined && { service }) })
        .finally(() => coordinator.close());
      console.log(
        json
          ? JSON.stringify({ declaration, stack, ...answer }, null, 2)
          : latenciesText(`${declaration} (${stack})`, answer),
      );
    });
}

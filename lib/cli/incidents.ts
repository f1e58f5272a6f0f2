import { Command } from "commander";
import { mostIncidents } from "../model/transition.ts";
import { connectStack } from "../control/running-stack.ts";
import { examples } from "./examples.ts";
import { incidentsText } from "./incident-text.ts";
import { wholeNumber } from "./numbers.ts";

interface IncidentsOptions {
  readonly stack?: string;
  readonly last: number;
  readonly json?: true;
}

/** `phasegate incidents [SERVICE]`: the failures that there were, each with what followed from it and what was done. */
export function incidentsCommand(): Command {
  return new Command("incidents")
    .summary("the failures that there were, with what followed and what was done")
    .description(
      "the failures that there were, the newest last: when, which service first and why, how it ended, how long it took, and each step that was done, with its time",
    )
    .argument("[service]", "those that have reached one service")
    .option("--last <n>", "how many, at most", wholeNumber(mostIncidents), 10)
    .option("--stack <name>", "the stack (default: the only one that is there)")
    .option("--json", "as JSON, the newest first")
    .addHelpText(
      "after",
      examples(
        ["phasegate incidents", "the last 10"],
        ["phasegate incidents redis --last 1", "the last that has reached redis"],
      ),
    )
    .action(async (service: string | undefined, { stack: name, last, json }: IncidentsOptions) => {
      const { stack, declaration, coordinator } = await connectStack(name);
      const { incidents, cut } = await coordinator
        .call("incidents", { last, ...(service !== undefined && { service }) })
        .finally(() => coordinator.close());
      console.log(
        json
          ? JSON.stringify({ declaration, stack, incidents, cut }, null, 2)
          : incidentsText(`${declaration} (${stack})`, incidents, { cut, service }),
      );
    });
}

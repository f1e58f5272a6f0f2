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
    .summary("Show past and open failures, what followed and what was done")
    .description(
      "Show past and open failures, newest last: when, which service failed first and why, how the incident ended, how long it took, and each step that was taken, with its time",
    )
    .argument("[service]", "only incidents that reached this service")
    .option("--last <n>", "the maximum number of incidents", wholeNumber(mostIncidents), 10)
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--json", "print JSON, newest first")
    .addHelpText(
      "after",
      examples(
        ["phasegate incidents", "the last 10 incidents"],
        ["phasegate incidents redis --last 1", "the last one that reached redis"],
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

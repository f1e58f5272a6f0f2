import { Command } from "commander";
import { alignColumns } from "../core/columns.ts";
import { instantText } from "../core/instant.ts";
import type { StartRecord } from "../model/history.ts";
import { mostStarts } from "../model/history.ts";
import { startTimes } from "../model/start-times.ts";
import { exitText } from "../readiness/gate-text.ts";
import { wholeNumber } from "./numbers.ts";
import { connectStack } from "../control/running-stack.ts";

/** `phasegate history`: the starts that the coordinator has kept, a line each. */
export function historyCommand(): Command {
  return new Command("history")
    .summary("Show the recorded starts")
    .description("Show the recorded starts, one line each, newest last")
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--service <name>", "only the starts of this service")
    .option("--last <n>", "the maximum number of starts", wholeNumber(mostStarts), 50)
    .option("--json", "print JSON, newest first, with each probe's status")
    .action(async (options: { stack?: string; service?: string; last: number; json?: true }) => {
      const { stack, declaration, coordinator } = await connectStack(options.stack);
      const { service, last } = options;
      const { starts, cut } = await coordinator
        .call("history", { last, ...(service !== undefined && { service }) })
        .finally(() => coordinator.close());
      console.log(
        options.json
          ? JSON.stringify({ declaration, stack, starts, cut }, null, 2)
          : historyText(`${declaration} (${stack})`, starts, cut),
      );
    });
}

/** The starts as a table, the newest last: there it is seen first. */
export function historyText(of: string, starts: readonly StartRecord[], cut: boolean): string {
  if (starts.length === 0) return `${of}: no start has been recorded.`;
  const header = ["when", "service", "engine-healthy", "ready after", "gap", "restarts", "outcome"];
  const rows = starts.toReversed().map((start) => {
    const { engineHealthy, ready, gap } = startTimes(start.status);
    const { service, restarts } = start.status;
    return [
      instantText(start.beganMs),
      service,
      engineHealthy,
      ready,
      gap,
      String(restarts),
      outcomeText(start),
    ];
  });
  const older = cut
    ? ["Older starts were left out: the answer would have been too long. Ask for one --service."]
    : [];
  return [of, ...older, alignColumns([header, ...rows])].join("\n");
}

/** How it ended after it was ready. A container that was replaced has no end of its own that is known. */
function endText(exits: StartRecord["exits"], readyMs = 0): string {
  const exit = exits.findLast(({ atMs }) => atMs >= readyMs);
  return exit ? exitText(exit) : "was replaced, removed or started again";
}

function outcomeText({ outcome, status, exits, failure }: StartRecord): string {
  switch (outcome) {
    case "ready":
      return status.state === "stopped" ? `ready; later it ${endText(exits, status.readyMs)}` : "ready";
    case "failed":
      return failure?.headline ?? "failed";
    case "under-way":
      return "under way";
    case "broken-off":
      return "broken off: replaced, or the coordinator ended";
  }
}

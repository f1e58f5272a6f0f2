import { Command, Option } from "commander";
import { instantText } from "../core/instant.ts";
import type { FailureReport } from "../model/history.ts";
import { mostReports } from "../model/history.ts";
import { edgesText } from "../readiness/edge-text.ts";
import { gateMarkdown } from "../readiness/gate-markdown.ts";
import { gateText } from "../readiness/gate-text.ts";
import { examples } from "./examples.ts";
import { wholeNumber } from "./numbers.ts";
import { defaultSince, pastMs, reportFigures } from "./report-figures.ts";
import { connectStack } from "../control/running-stack.ts";

/**
 * `phasegate report`: why the last gate that did not open did not. Exit code 0 also when every gate has opened. With `--slo` the
 * success figures: exit code 1 where one misses its target.
 */
export function reportCommand(): Command {
  return new Command("report")
    .summary("Show why the last gate that failed did not open; with --slo, the success figures")
    .description(
      "Show why the last gate that failed did not open, and what has changed since its services were last ready. With --slo, show the success figures beside their targets; the exit code is then 1 if a figure misses its target.",
    )
    .option("--stack <name>", "the stack (default: the only one that exists)")
    .option("--phase <name>", "only the gate of this phase")
    .option("--last <n>", "the maximum number of reports, newest first", wholeNumber(mostReports), 1)
    .option("--slo", "show the success figures, each with its target and its number of events")
    .addOption(
      new Option("--since <time>", 'with --slo: how far back, "30d" or "12h"')
        .argParser(pastMs)
        .default(pastMs(defaultSince), defaultSince),
    )
    .option("--json", "print JSON")
    .addOption(new Option("--markdown", "print Markdown, to paste into a chat or an issue").conflicts("slo"))
    .addHelpText(
      "after",
      examples(
        ["phasegate report", "the last gate that failed"],
        ["phasegate report --phase infrastructure --last 3", "the last three failures of one phase"],
        ["phasegate report --slo --since 90d", "the success figures of a quarter"],
      ),
    )
    .action(async (options: ReportOptions) => {
      if (options.slo) return reportFigures(options);
      const { stack, declaration, coordinator } = await connectStack(options.stack);
      const { phase, last } = options;
      const { reports, cut } = await coordinator
        .call("report", { last, ...(phase !== undefined && { phase }) })
        .finally(() => coordinator.close());
      const of = `${declaration} (${stack})`;
      if (options.json) console.log(JSON.stringify({ declaration, stack, reports, cut }, null, 2));
      else if (reports.length === 0) console.log(noReport(of, phase));
      else if (options.markdown)
        console.log(
          reports.map((report) => gateMarkdown({ declaration, stack }, report)).join("\n\n---\n\n"),
        );
      else console.log(reports.map((report) => reportText({ declaration, stack }, report)).join("\n\n"));
    });
}

interface ReportOptions {
  readonly stack?: string;
  readonly phase?: string;
  readonly last: number;
  readonly slo?: true;
  readonly since: number;
  readonly json?: true;
  readonly markdown?: true;
}

function noReport(of: string, phase: string | undefined): string {
  const gate = phase === undefined ? "no gate" : `no gate of ${phase}`;
  return `${of}: ${gate} has failed, as far as the history goes back.`;
}

/** The text that `pulumi up` ended with, under a line that says when that was. */
export function reportText(
  { declaration, stack }: { readonly declaration: string; readonly stack: string },
  { phase, atMs, openedMs, failures, services, edges }: FailureReport,
): string {
  const since = openedMs === undefined ? "not opened since" : `last opened ${instantText(openedMs)}`;
  return `${declaration} (${stack}), ${instantText(atMs)}, ${since}\n\n${edges ? edgesText(phase, edges.statuses, { ...edges, stack }) : gateText(phase, failures, services)}`;
}

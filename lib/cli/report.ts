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
    .summary("why the last gate that did not open did not; with --slo, the success figures")
    .description(
      "why the last gate that did not open did not, with what has changed since its services were ready; with --slo, the success figures beside their targets: exit code 1 when one misses its target",
    )
    .option("--stack <name>", "the stack (default: the only one that is there)")
    .option("--phase <name>", "the gate of one phase only")
    .option("--last <n>", "so many reports, the newest first", wholeNumber(mostReports), 1)
    .option("--slo", "the success figures, each with its target and from how many events it comes")
    .addOption(
      new Option("--since <time>", 'with --slo: how far back, "30d" or "12h"')
        .argParser(pastMs)
        .default(pastMs(defaultSince), defaultSince),
    )
    .option("--json", "as JSON")
    .addOption(
      new Option("--markdown", "as Markdown, to be pasted where people talk about it").conflicts("slo"),
    )
    .addHelpText(
      "after",
      examples(
        ["phasegate report", "the last gate that did not open"],
        ["phasegate report --phase infrastructure --last 3", "the last three of one phase"],
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

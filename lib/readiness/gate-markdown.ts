import { instantText } from "../core/instant.ts";
import type { FailureReport } from "../model/history.ts";
import type { EdgeStatus, LastGood, ServiceFailure } from "../model/status.ts";
import { edgeAdvice, edgeHeadline, edgeTable } from "./edge-text.ts";
import { exitText, headline, nothingChanged, probeTable, times } from "./gate-text.ts";

/**
 * The report of a gate that did not open as Markdown, to be pasted where people talk about the incident. What
 * comes from containers stands in code: nothing in it is formatted, linked, or a mention of somebody.
 */
export function gateMarkdown(
  { declaration, stack }: { readonly declaration: string; readonly stack: string },
  { phase, atMs, openedMs, services, failures, edges }: FailureReport,
): string {
  const failed = new Set(failures.map(({ service }) => service));
  const others = services.filter(({ service }) => !failed.has(service));
  const since =
    openedMs === undefined ? "It has not opened since." : `It last opened ${instantText(openedMs)}.`;
  return [
    `### ${declaration} (${stack}): ${edges ? `the phase ${phase} was not begun` : `the gate of ${phase} did not open`}`,
    `${instantText(atMs)}. ${since}`,
    ...(edges ? edgeParts(edges.statuses, stack) : failures.flatMap(failureParts)),
    ...(others.length === 0
      ? []
      : [`Of the same phase: ${others.map(({ service, state }) => `${service} is ${state}`).join(", ")}.`]),
  ].join("\n\n");
}

function edgeParts(edges: readonly EdgeStatus[], stack: string): string[] {
  const [header = [], ...rows] = edgeTable(edges);
  const [first] = edges.filter(({ probe }) => !probe.passing);
  return [
    ...(first ? [code(edgeHeadline(first))] : []),
    [row(header), row(header.map(() => "---")), ...rows.map((cells) => row(cells.map(cell)))].join("\n"),
    ...(first
      ? [
          `What to try:\n\n${edgeAdvice(first, stack)
            .map((sentence) => `- ${sentence}`)
            .join("\n")}`,
        ]
      : []),
  ];
}

function failureParts(failure: ServiceFailure): string[] {
  const { service, status, exit, logs, lastGood, advice } = failure;
  const [header = [], ...rows] = probeTable(status);
  return [
    `#### ${service}`,
    code(headline(failure)),
    [
      `- container ${code(status.container)}, validated at level ${status.level}, ${times(status.restarts, "restart")}`,
      ...(exit
        ? [`- its container ${code(exitText(exit))}${exit.outOfMemory ? ", out of memory" : ""}`]
        : []),
    ].join("\n"),
    [
      row(header),
      row(header.map(() => "---")),
      ...rows.map(([name = "", attempts = "", pass = "", answer = ""]) =>
        row([cell(name), attempts, pass, cell(answer)]),
      ),
    ].join("\n"),
    ...(lastGood ? [changedPart(lastGood)] : []),
    ...(logs.length > 0 ? [`Its last lines:\n\n${fenced(logs)}`] : []),
    `What to try:\n\n${advice.map((sentence) => `- ${sentence}`).join("\n")}`,
  ];
}

function changedPart({ readyMs, changes }: LastGood): string {
  const since = `since it was last ready, ${instantText(readyMs)}`;
  if (changes.length === 0) return `${nothingChanged.replace("nothing", "Nothing")} ${since}.`;
  return `Changed ${since}:\n\n${changes.map((change) => `- ${code(change)}`).join("\n")}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** A cell ends at a bar even inside code. */
function cell(text: string): string {
  return text === "" ? "" : code(text).replaceAll("|", "\\|");
}

/** A text on one line as code, whatever is in it. */
function code(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const marks = "`".repeat(longestRun(line) + 1);
  return marks.length === 1 ? `\`${line}\`` : `${marks} ${line} ${marks}`;
}

function fenced(lines: readonly string[]): string {
  const marks = "`".repeat(Math.max(3, longestRun(lines.join("\n")) + 1));
  return [`${marks}text`, ...lines, marks].join("\n");
}

/** How many backticks stand in a row in a text, at most. */
function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}

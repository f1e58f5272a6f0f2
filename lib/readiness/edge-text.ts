import { alignColumns } from "../core/columns.ts";
import { describeMs, toDuration } from "../core/duration.ts";
import { stackCommand } from "../model/stack-command.ts";
import type { EdgeStatus } from "../model/status.ts";

/** What is waited for, in one line: `2/5 edge probes pass · backend -> redis: connectivity: connection refused`. */
export function edgesProgress(edges: readonly EdgeStatus[]): string {
  const open = edges.filter(({ probe }) => !probe.passing);
  const [first] = open.filter(({ probe }) => probe.lastCause !== undefined);
  const count = `${edges.length - open.length}/${edges.length} edge probes pass`;
  return first ? `${count} · ${edgeHeadline(first)}` : count;
}

/** Why a phase was not begun, for a person: the first edge in the first line, then every probe, then what to try. */
export function edgesText(
  phase: string,
  edges: readonly EdgeStatus[],
  {
    usedMs,
    budgetMs,
    stack,
  }: { readonly usedMs: number; readonly budgetMs: number; readonly stack: string | undefined },
): string {
  const failing = edges.filter(({ probe }) => !probe.passing);
  const [first] = failing;
  if (first === undefined) throw new Error("edges that failed have one that does not pass");
  return [
    `The phase ${phase} was not begun: ${edgeHeadline(first)}, after ${describeMs(usedMs)} of ${toDuration(budgetMs)}`,
    `  probed from a container in the place of each dependent, on its networks:\n${indented(
      alignColumns(edgeTable(edges)),
    )}`,
    ["  what to try:", ...edgeAdvice(first, stack).map((sentence) => `    - ${sentence}`)].join("\n"),
    "What runs is left for inspection; the same command continues from there.",
  ].join("\n\n");
}

/** Every probe of every edge, under a header. */
export function edgeTable(edges: readonly EdgeStatus[]): string[][] {
  const rows = edges.map(({ dependent, needed, probe }) => [
    `${dependent} -> ${needed}`,
    probe.name,
    String(probe.attempts),
    probe.passing ? "passes" : (probe.lastCause?.text ?? "no answer yet"),
  ]);
  return [["edge", "probe", "attempts", "last answer"], ...rows];
}

/** What to try, a sentence each. */
export function edgeAdvice({ dependent, needed }: EdgeStatus, stack: string | undefined): string[] {
  return [
    `${needed} is ready for the coordinator. What differs is the place: compare the networks of ${dependent} and ${needed} in the declaration, and the addresses that ${needed} listens on.`,
    `"${stackCommand(stack, `npx phasegate validate ${needed}`)}" asks the same probes from the coordinator.`,
  ];
}

/** An edge that is not proven, in one line. */
export function edgeHeadline({ dependent, needed, probe }: EdgeStatus): string {
  return `${dependent} cannot use ${needed}: ${probe.name}: ${probe.lastCause?.text ?? "no answer yet"}`;
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

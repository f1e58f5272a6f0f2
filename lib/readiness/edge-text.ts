import { alignColumns } from "../core/columns.ts";
import type { Duration } from "../core/duration.ts";
import { describeMs } from "../core/duration.ts";
import type { EdgeStory } from "../model/control.ts";

/** What is waited for, in one line: `2/5 edge probes pass · backend -> redis: connectivity: connection refused`. */
export function edgesProgress(edges: readonly EdgeStory[]): string {
  const open = edges.filter(({ probe }) => !probe.passing);
  const [first] = open.filter(({ probe }) => probe.lastCause !== undefined);
  const count = `${edges.length - open.length}/${edges.length} edge probes pass`;
  return first ? `${count} · ${headline(first)}` : count;
}

/** Why a phase was not begun, for a person: the first edge in the first line, then every probe, then what to try. */
export function edgesText(
  phase: string,
  edges: readonly EdgeStory[],
  usedMs: number,
  budget: Duration,
): string {
  const failing = edges.filter(({ probe }) => !probe.passing);
  const [first] = failing;
  if (first === undefined) throw new Error("edges that failed have one that does not pass");
  const { dependent, needed } = first;
  const rows = edges.map(({ dependent: from, needed: to, probe }) => [
    `${from} -> ${to}`,
    probe.name,
    String(probe.attempts),
    probe.passing ? "passes" : (probe.lastCause?.text ?? "no answer yet"),
  ]);
  return [
    `The phase ${phase} was not begun: ${headline(first)}, after ${describeMs(usedMs)} of ${budget}`,
    `  asked from a container in the place of each dependent, on its networks:\n${indented(
      alignColumns([["edge", "probe", "attempts", "last answer"], ...rows]),
    )}`,
    [
      "  what to try:",
      `    - ${needed} is ready for the coordinator. What differs is the place: compare the networks of ${dependent} and ${needed} in the declaration, and the addresses that ${needed} listens on.`,
      `    - "npx phasegate validate ${needed}" asks the same probes from the coordinator.`,
    ].join("\n"),
    "What runs is left for inspection; the same command goes on from there.",
  ].join("\n\n");
}

function headline({ dependent, needed, probe }: EdgeStory): string {
  return `${dependent} cannot use ${needed}: ${probe.name}: ${probe.lastCause?.text ?? "no answer yet"}`;
}

function indented(text: string): string {
  return text
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}

import type { GateRecord } from "../model/history.ts";

/** Why a gate, or the edges of a phase, did not let it begin. In one line. */
export function verdictText({ phase, failures, edges }: GateRecord): string {
  if (edges !== undefined) {
    const { edge } = { edge: edges.statuses.find(({ probe }) => !probe.passing) };
    const which = edge === undefined ? "an edge" : `the edge from ${edge.dependent} to ${edge.needed}`;
    return `the phase ${phase} was not begun: ${which} was not proven${causeOf(edge?.probe)}`;
  }
  const [first, ...more] = failures;
  if (first === undefined) return `the gate of ${phase} did not open`;
  if (more.length > 0) {
    const which = failures.map(({ service }) => service).join(", ");
    return `the gate of ${phase} did not open: ${which} are not ready`;
  }
  const probe = first.status.probes.find(({ passing, lastCause }) => !passing && lastCause !== undefined);
  return `the gate of ${phase} did not open: ${first.service} is not ready${causeOf(probe)}`;
}

function causeOf(
  probe: { readonly name: string; readonly lastCause: { readonly text: string } | undefined } | undefined,
): string {
  return probe?.lastCause === undefined ? "" : `: ${probe.name}: ${probe.lastCause.text}`;
}

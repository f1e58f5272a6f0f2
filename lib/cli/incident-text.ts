import { alignedRows } from "../core/columns.ts";
import { describeMs } from "../core/duration.ts";
import { instantText } from "../core/instant.ts";
import { tableWidth, wrapped } from "../core/layout.ts";
import type { Incident, IncidentStep } from "../model/transition.ts";

/** The incidents, the newest last: there it is seen first. */
export function incidentsText(
  of: string,
  incidents: readonly Incident[],
  { cut, service }: { readonly cut: boolean; readonly service?: string | undefined },
): string {
  if (incidents.length === 0)
    return `${of}: no incident${service === undefined ? "" : ` of ${service}`} has been recorded.`;
  const older = cut
    ? ["Older incidents were left out: the answer would have been too long. Ask for those of one service."]
    : [];
  return [
    of,
    ...older,
    ...incidents.toReversed().flatMap((incident) => ["", ...incidentLines(incident)]),
  ].join("\n");
}

function incidentLines(incident: Incident): string[] {
  const { id, openedMs, root, cause, services, steps } = incident;
  const title = `incident ${id}, ${instantText(openedMs)}: ${root}: ${cause.text}`;
  const reached = Object.entries(services)
    .filter(([service]) => service !== root)
    .map(([service, state]) => (state === "ready" ? service : `${service} (${state})`));
  const reach = reached.length === 0 ? "no other service was reached" : `it reached ${reached.join(", ")}`;
  const rows = steps.map((step) => stepRow(step, openedMs));
  return [
    ...wrapped(title, tableWidth),
    ...wrapped(`${endText(incident)}; ${reach}`, tableWidth - 2).map((line) => `  ${line}`),
    ...alignedRows(rows).map((line) => `    ${line}`),
  ];
}

function endText({ outcome, openedMs, closedMs, root }: Incident): string {
  if (closedMs === undefined) {
    return outcome === "givenUp" ? "open: a service was given up" : "open";
  }
  const after = describeMs(closedMs - openedMs);
  switch (outcome) {
    case "recovered":
      return `recovered after ${after}`;
    case "givenUp":
      return `given up after ${after}`;
    case "stopped":
      return `over after ${after}: ${root} was stopped`;
    case "open":
      return `over after ${after}`;
  }
}

/** When it began, counted from the incident's beginning; what was done, because of whom, and how it came out. */
function stepRow(
  { service, action, because, beganMs, tookMs, result }: IncidentStep,
  openedMs: number,
): string[] {
  const took = tookMs === undefined ? "" : ` after ${describeMs(tookMs)}`;
  return [
    `+${describeMs(Math.max(0, beganMs - openedMs))}`,
    action,
    service,
    because === service ? "" : `because of ${because}`,
    result === undefined ? "under way" : `${result}${took}`,
  ];
}

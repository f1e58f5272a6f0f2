import type { StartFact } from "../model/figures.ts";

/** A start that begins so long after all others were ready does not belong to them. */
const pauseMs = 60_000;

type Start = { readonly service: string; readonly startedMs: number; readonly readyMs: number };

/**
 * How long the whole stack took to be ready each time that all of it was started, be it by an `up`, a reboot or a command: from the
 * start of the first container until the last service was ready. Starts follow each other without a pause then.
 */
export function wholeStarts(starts: readonly StartFact[], services: ReadonlySet<string>): number[] {
  const begun = starts
    .flatMap(({ service, outcome, fromStart, startedMs, readyMs }): Start[] =>
      outcome === "ready" && fromStart && startedMs !== undefined && readyMs !== undefined
        ? [{ service, startedMs, readyMs }]
        : [],
    )
    .sort((a, b) => a.startedMs - b.startedMs);
  const groups: Start[][] = [];
  let readyMs = -Infinity;
  for (const start of begun) {
    const isAnother = start.startedMs > readyMs + pauseMs;
    if (isAnother) groups.push([]);
    groups.at(-1)?.push(start);
    readyMs = isAnother ? start.readyMs : Math.max(readyMs, start.readyMs);
  }
  return groups.flatMap((group) => timeOf(group, services) ?? []);
}

/** Of a service that was started twice the later start counts: the stack was not ready before. */
function timeOf(group: readonly Start[], services: ReadonlySet<string>): number | undefined {
  const last = new Map(group.map((start) => [start.service, start]));
  if (services.size === 0 || ![...services].every((service) => last.has(service))) return undefined;
  const readyMs = Math.max(...[...services].map((service) => last.get(service)?.readyMs ?? 0));
  return readyMs - Math.min(...group.map(({ startedMs }) => startedMs));
}

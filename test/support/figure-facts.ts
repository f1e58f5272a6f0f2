import type { FigureFacts, StartFact } from "../../lib/model/figures.ts";
import type { Transition } from "../../lib/model/transition.ts";

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
/** When the time begins that the facts are of. */
export const sinceMs = 1_000 * dayMs;

/** A month that was watched, in which nothing happened. */
export function figureFacts(patch: Partial<FigureFacts> = {}): FigureFacts {
  const period = { sinceMs, untilMs: sinceMs + 30 * dayMs };
  return {
    ...period,
    watched: [period],
    ...{ holds: [], starts: [], transitions: [], incidents: [], deployments: [] },
    completeFromMs: { starts: 0, transitions: 0, incidents: 0, deployments: 0 },
    ...patch,
  };
}

/** A start that became ready, so long after `atMs`. */
export function startFact(
  service: string,
  atMs: number,
  tookMs: number,
  patch: Partial<StartFact> = {},
): StartFact {
  return {
    ...{ service, beganMs: atMs, startedMs: atMs, readyMs: atMs + tookMs },
    ...{ outcome: "ready", reason: undefined, fromStart: true },
    ...patch,
  };
}

/**
 * The transitions of a service, one a line, the minute first: "10 restarting exited 1". The last word is the incident; a line without
 * it belongs to none.
 */
export function timeline(
  service: string,
  from: Transition["from"],
  ...lines: readonly string[]
): Transition[] {
  let before = from;
  return lines.map((line, i): Transition => {
    const [minute, to, kind = "", incident] = line.split(" ");
    const own = {
      ...{ seq: i + 1, atMs: sinceMs + Number(minute) * minuteMs, service, from: before, generation: 1 },
      ...{ to: to as Transition["to"], cause: { kind, text: kind } },
      ...(incident !== undefined && { incident: Number(incident) }),
    };
    before = own.to;
    return own;
  });
}

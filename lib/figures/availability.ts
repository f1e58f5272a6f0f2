import { describeLongMs } from "../core/duration.ts";
import type { Figure, FigureVerdict } from "../model/figures.ts";
import type { Downtime } from "./downtime.ts";
import { lengthMs } from "./periods.ts";
import { figureTargets } from "./targets.ts";

/**
 * How long an outage may be that has not happened yet, as far as the figure goes: what the target of the time to an alert allows a
 * person to begin with.
 */
const outageMs = figureTargets.timeToAlert.value;

/** No event in a time says, with a confidence of 95 %, that there are fewer than three in it: −ln 0.05 = 2.996. */
const unseen = 3;

/**
 * How long a stack must be watched before its availability says anything. A time without an outage may have been luck: three more
 * of them could have been in it. That they would not have come to more than the target allows takes 15,000 minutes at 99.9 %.
 */
export const leastWatchedMs = (unseen * outageMs) / (1 - figureTargets.availability.value);

/** The share of the time in which no service was down by a failure. */
export function availability(
  { counted, down, planned, services }: Downtime,
  sinceMs: number,
  wantedMs: number,
): Figure {
  const countedMs = lengthMs(counted);
  const downMs = lengthMs(down);
  const allowed = 1 - figureTargets.availability.value;
  const plannedMs = lengthMs(planned);
  const [worst] = Object.entries(services).sort(([, a], [, b]) => b - a);
  const days = Math.ceil((leastWatchedMs / (24 * 3_600_000)) * 10) / 10;
  const verdict = verdictOf(downMs, countedMs, allowed, wantedMs);
  return {
    ...{ name: "availability", target: figureTargets.availability, sinceMs },
    measured: countedMs === 0 ? null : 1 - downMs / countedMs,
    events: countedMs,
    of: "watched",
    verdict,
    notes: [
      downMs === 0 ? "never down" : `down for ${describeLongMs(downMs)} in ${times(down.length)}`,
      ...(worst === undefined ? [] : [`longest ${worst[0]}, ${describeLongMs(worst[1])}`]),
      ...(plannedMs === 0 ? [] : [`${describeLongMs(plannedMs)} as planned`]),
      ...(verdict === "tooFew" ? [`it takes ${days} days`] : []),
    ],
  };
}

/** What was down for longer than the whole of the time allows cannot be made up for. */
function verdictOf(downMs: number, countedMs: number, allowed: number, wantedMs: number): FigureVerdict {
  if (downMs > allowed * Math.max(countedMs, wantedMs)) return "missed";
  if (countedMs < leastWatchedMs) return "tooFew";
  return downMs < allowed * countedMs ? "met" : "missed";
}

function times(count: number): string {
  return count === 1 ? "one outage" : `${count} outages`;
}

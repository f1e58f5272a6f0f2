import type { FigureFacts, Period } from "../model/figures.ts";
import type { Transition } from "../model/transition.ts";
import { common, joined, lengthMs, without } from "./periods.ts";

/** When a stack was not available, over the time that counts. */
export interface Downtime {
  /** The time that counts: it was watched, and not held. */
  readonly counted: readonly Period[];
  /** When a service was down by a failure. */
  readonly down: readonly Period[];
  /** When a service was down and none by a failure: somebody had stopped or restarted it, or an `up` replaced it. */
  readonly planned: readonly Period[];
  /** Of each service that was down by a failure, for how long. */
  readonly services: Readonly<Record<string, number>>;
}

/** The causes that are a failure, whatever the service did before. */
const failures = new Set(["exited", "unhealthy", "deadline", "engine", "boot", "defect"]);
/** The causes that are somebody's wish. */
const wishes = new Set(["operator", "deployment", "schedule"]);

/** So soon after its start a coordinator finds what has ended while it was not there. */
const foundWithinMs = 60_000;

type Standing = "up" | "down" | "planned" | "unknown";

/**
 * When the stack was unavailable: a service that had been ready once was neither ready nor degraded, because of a failure of its own
 * or of another. What somebody stops or restarts, with all that follows from it, is planned until it fails; so is what an `up`
 * replaces. A time in which the stack was held does not count, and neither does one without a coordinator, unless the next one finds
 * that services have ended in it. Runs of a job by its schedule are none of the system's: one that fails is an incident.
 * @param services those that the stack has now, and those of them that a schedule runs
 */
export function downtime(
  facts: FigureFacts,
  { current, scheduled }: { readonly current: ReadonlySet<string>; readonly scheduled: ReadonlySet<string> },
): Downtime {
  const window = [
    { sinceMs: Math.max(facts.sinceMs, facts.completeFromMs.transitions), untilMs: facts.untilMs },
  ];
  const serving = facts.transitions.filter(({ service }) => !scheduled.has(service));
  const outages = unwatchedOutages({ ...facts, transitions: serving });
  const counted = without(common([...facts.watched, ...outages], window), facts.holds);
  const byService = Map.groupBy(serving, ({ service }) => service);
  const services: Record<string, number> = {};
  const down: Period[] = common(outages, counted);
  const planned: Period[] = [];
  for (const [service, transitions] of byService) {
    const untilMs = current.has(service) ? facts.untilMs : (transitions.at(-1)?.atMs ?? 0);
    const spells = spellsOf(transitions, untilMs);
    const of = (standing: Standing) =>
      common(
        spells.filter((spell) => spell.standing === standing),
        counted,
      );
    const own = of("down");
    down.push(...own);
    planned.push(...of("planned"));
    if (own.length > 0) services[service] = lengthMs(own);
  }
  return { counted, down: joined(down), planned: without(planned, down), services };
}

/** The times without a coordinator after which the next one found services ended. */
function unwatchedOutages({ watched, transitions }: FigureFacts): Period[] {
  const lives = joined(watched);
  const boots = transitions.filter(({ cause }) => cause.kind === "boot").map(({ atMs }) => atMs);
  return lives.flatMap(({ sinceMs }, i) => {
    const before = lives[i - 1];
    const found = boots.some((atMs) => atMs >= sinceMs && atMs <= sinceMs + foundWithinMs);
    return before !== undefined && found ? [{ sinceMs: before.untilMs, untilMs: sinceMs }] : [];
  });
}

/** How a service stood, from its first transition on; before that, as the state says that it came from. */
function spellsOf(transitions: readonly Transition[], untilMs: number): (Period & { standing: Standing })[] {
  const [first] = transitions;
  if (first === undefined) return [];
  let standing: Standing = isUp(first.from) ? "up" : "unknown";
  let sinceMs = -Infinity;
  const spells: (Period & { standing: Standing })[] = [];
  for (const transition of transitions) {
    const next = standingAfter(standing, transition);
    if (next === standing) continue;
    spells.push({ standing, sinceMs, untilMs: transition.atMs });
    standing = next;
    sinceMs = transition.atMs;
  }
  return [...spells, { standing, sinceMs, untilMs: Math.max(sinceMs, untilMs) }];
}

function standingAfter(before: Standing, { to, cause, incident }: Transition): Standing {
  if (isUp(to)) return "up";
  // It has not been ready yet: its gate tells of it.
  if (before === "unknown") return "unknown";
  if (to === "stopped" && cause.kind !== "engine") return "planned";
  if (failures.has(cause.kind)) return "down";
  if (before !== "up") return before;
  if (wishes.has(cause.kind)) return "planned";
  // It follows another: what follows from a failure belongs to an incident.
  return incident === undefined ? "planned" : "down";
}

/** Whether others can rely on it: it works, though perhaps less well than it should. */
function isUp(state: Transition["to"]): boolean {
  return state === "ready" || state === "degraded";
}

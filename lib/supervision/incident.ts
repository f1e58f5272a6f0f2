/** Incidents, folded from transitions: a root failure with all that follows from it. */
import type { Incident, IncidentStep, Transition } from "../model/transition.ts";

/** The incidents that are open, and the number of the next. */
export interface Incidents {
  readonly open: readonly Incident[];
  readonly nextId: number;
}

export const noIncidents: Incidents = { open: [], nextId: 1 };

/** What a transition has made of the incidents. */
export interface Noted {
  readonly incidents: Incidents;
  /** The incident that the transition belongs to, as it is after it; undefined where it belongs to none. */
  readonly incident: Incident | undefined;
}

/** What is known around a transition. */
export interface Surroundings {
  /** The connected part of the graph that a service is in. */
  partOf(service: string): number | undefined;
  /** Whether the service had been ready before: what fails in a first start is its gate's to tell. */
  readonly supervised: boolean;
  /** Whether a service that was being restarted has ended at its start, and this is another restart. */
  readonly anotherRestart: boolean;
}

/** The kinds of causes that are a failure of the service itself. */
const own = new Set(["exited", "unhealthy", "deadline", "engine", "slow", "probe", "boot", "defect"]);

/**
 * Takes a transition in. A service's own failure opens an incident, or joins the one that is open in its part of the graph; what
 * follows in others, and each recovery, belongs to it. It closes when all that it has reached are ready, or stopped by somebody.
 */
export function note(
  { open, nextId }: Incidents,
  transition: Omit<Transition, "incident">,
  { partOf, supervised, anotherRestart }: Surroundings,
): Noted {
  const { service, to, cause } = transition;
  const fails = own.has(cause.kind) && supervised && !isSettled(to);
  const reached = open.find(({ services }) => service in services);
  const near = open.find(({ root }) => partOf(root) === partOf(service));
  const joins = fails || (cause.kind === "dependency" && cause.service !== undefined && !isSettled(to));
  const known = reached ?? (joins ? near : undefined);
  if (known === undefined && !fails) return { incidents: { open, nextId }, incident: undefined };
  const isNew = known === undefined;
  const incident = extended(known ?? opened(nextId, transition), transition, anotherRestart);
  const others = open.filter(({ id }) => id !== incident.id);
  return {
    incidents: {
      open: incident.closedMs === undefined ? [...others, incident] : others,
      nextId: isNew ? nextId + 1 : nextId,
    },
    incident,
  };
}

function opened(id: number, { atMs, service, cause }: Omit<Transition, "incident">): Incident {
  return { id, openedMs: atMs, root: service, cause, outcome: "open", services: {}, steps: [] };
}

function extended(
  incident: Incident,
  { service, from, to, cause, atMs }: Omit<Transition, "incident">,
  anotherRestart: boolean,
): Incident {
  const services = { ...incident.services, [service]: to };
  const settled = Object.values(services).every(isSettled);
  const givenUp = Object.values(services).includes("givenUp");
  const stopped = Object.values(services).every((state) => state === "stopped");
  return {
    ...incident,
    services,
    steps: stepsAfter(incident.steps, { service, from, to, cause, atMs }, anotherRestart),
    outcome: givenUp ? "givenUp" : !settled ? "open" : stopped ? "stopped" : "recovered",
    ...(settled && { closedMs: atMs }),
  };
}

type Change = Pick<Transition, "service" | "from" | "to" | "cause" | "atMs">;

function stepsAfter(
  steps: readonly IncidentStep[],
  { service, from, to, cause, atMs }: Change,
  anotherRestart: boolean,
): readonly IncidentStep[] {
  const begins = to === "restarting" || (to === "starting" && from !== "restarting" && from !== "pending");
  const ended = steps.map((step): IncidentStep => {
    if (step.service !== service || step.result !== undefined) return step;
    if (to === "ready" || to === "degraded") return { ...step, tookMs: atMs - step.beganMs, result: "ready" };
    const again = begins && (from !== to || anotherRestart);
    const failed = to === "failed" || to === "givenUp" || to === "stopped" || again;
    return failed ? { ...step, tookMs: atMs - step.beganMs, result: "failed" } : step;
  });
  if (!begins || ended.some((step) => step.service === service && step.result === undefined)) return ended;
  const action = to === "restarting" ? "restart" : "revalidate";
  return [...ended, { service, action, because: cause.service ?? service, beganMs: atMs }];
}

/** Whether a service in this state needs nothing more of an incident. */
function isSettled(state: string): boolean {
  return state === "ready" || state === "stopped";
}

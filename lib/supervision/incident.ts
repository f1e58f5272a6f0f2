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
  /** All that a service needs, at any distance. */
  needsOf(service: string): ReadonlySet<string>;
  /** Whether the service had been ready before: what fails in a first start is its gate's to tell. */
  readonly supervised: boolean;
  /** Whether a service that was being restarted has ended at its start, and this is another restart. */
  readonly anotherRestart: boolean;
}

/**
 * For how long after an incident has opened the failure of something that its root needs is taken for its root. A dependent is often the
 * first to notice: its connection is closed, and it ends, before the engine says that what it was connected to has ended, or the
 * probes of that have failed often enough.
 */
const rootIsOpenMs = 30_000;

/** The kinds of causes that are a failure of the service itself. */
const own = new Set(["exited", "unhealthy", "deadline", "engine", "slow", "probe", "boot", "defect"]);

/**
 * Takes a transition in. A service's own failure opens an incident, or joins the one that is open in its part of the graph; what
 * follows in others, and each recovery, belongs to it. Where something that its root needs fails soon after, that is the root. It closes when all that it has reached are ready, or stopped by somebody.
 */
export function note(
  { open, nextId }: Incidents,
  transition: Omit<Transition, "incident">,
  { partOf, needsOf, supervised, anotherRestart }: Surroundings,
): Noted {
  const { service, to, cause } = transition;
  const fails = own.has(cause.kind) && supervised && !isSettled(to);
  const reached = open.find(({ services }) => service in services);
  const near = open.find(({ root }) => partOf(root) === partOf(service));
  const joins = fails || (cause.kind === "dependency" && cause.service !== undefined && !isSettled(to));
  const known = reached ?? (joins ? near : undefined);
  if (known === undefined && !fails) return { incidents: { open, nextId }, incident: undefined };
  const isNew = known === undefined;
  const rooted =
    known !== undefined && fails && isDeeper(known, transition, needsOf)
      ? { ...known, root: service, cause }
      : (known ?? opened(nextId, transition));
  const incident = extended(rooted, transition, anotherRestart);
  const others = open.filter(({ id }) => id !== incident.id);
  return {
    incidents: {
      open: incident.closedMs === undefined ? [...others, incident] : others,
      nextId: isNew ? nextId + 1 : nextId,
    },
    incident,
  };
}

/**
 * The open incidents as the services are by now: the last transitions before a crash may not have been kept, and a service may have
 * left the declaration.
 * @param stateOf a service's state; undefined where it is not there any more
 */
export function reconciled(
  { open, nextId }: Incidents,
  stateOf: (service: string) => Transition["to"] | undefined,
  atMs: number,
): { readonly incidents: Incidents; readonly changed: readonly Incident[] } {
  const changed = open.flatMap((incident) => {
    const others = Object.entries(incident.services).filter(([service, known]) => stateOf(service) !== known);
    if (others.length === 0) return [];
    const there = Object.entries(incident.services).filter(([service]) => stateOf(service) !== undefined);
    const known = concluded({ ...incident, services: Object.fromEntries(there) }, atMs);
    return [
      others.reduce((one, [service, from]) => {
        const to = stateOf(service);
        return to === undefined
          ? one
          : extended(one, { service, from, to, cause: incident.cause, atMs }, false);
      }, known),
    ];
  });
  const ids = new Set(changed.map(({ id }) => id));
  const all = [...open.filter(({ id }) => !ids.has(id)), ...changed].sort((a, b) => a.id - b.id);
  return { incidents: { open: all.filter(({ closedMs }) => closedMs === undefined), nextId }, changed };
}

function isDeeper(
  { root, openedMs }: Incident,
  { service, atMs }: Pick<Transition, "service" | "atMs">,
  needsOf: Surroundings["needsOf"],
): boolean {
  return atMs - openedMs <= rootIsOpenMs && needsOf(root).has(service);
}

function opened(id: number, { atMs, service, cause }: Omit<Transition, "incident">): Incident {
  return { id, openedMs: atMs, root: service, cause, outcome: "open", services: {}, steps: [] };
}

function extended(
  incident: Incident,
  { service, from, to, cause, atMs }: Change,
  anotherRestart: boolean,
): Incident {
  const services = { ...incident.services, [service]: to };
  const steps = stepsAfter(incident.steps, { service, from, to, cause, atMs }, anotherRestart);
  return concluded({ ...incident, services, steps }, atMs);
}

/** An incident with what follows from the states of its services. */
function concluded({ closedMs: _, ...incident }: Incident, atMs: number): Incident {
  const states = Object.values(incident.services);
  const settled = states.every(isSettled);
  const stopped = states.every((state) => state === "stopped");
  const ended = stopped ? "stopped" : "recovered";
  return {
    ...incident,
    outcome: states.includes("givenUp") ? "givenUp" : settled ? ended : "open",
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
  // A restart that now waits for another service has done nothing yet: it begins when its turn comes, because of that one.
  const waits = from === "restarting" && to === "pending" && cause.service !== undefined;
  const isPutOff = (step: IncidentStep) =>
    waits && step.service === service && step.result === undefined && step.because !== cause.service;
  const begun = steps.filter((step) => !isPutOff(step));
  const ended = begun.map((step): IncidentStep => {
    if (step.service !== service || step.result !== undefined) return step;
    if (to === "ready" || to === "degraded") return { ...step, tookMs: atMs - step.beganMs, result: "ready" };
    // One that waits again before it has run goes on with the same step.
    const again = begins && from !== "pending" && (from !== to || anotherRestart);
    const hasRun = to === "pending" && from === "starting";
    const failed = to === "failed" || to === "givenUp" || to === "stopped" || again || hasRun;
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

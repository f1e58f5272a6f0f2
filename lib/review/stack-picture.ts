import { describeMs } from "../core/duration.ts";
import { mapValues } from "../core/record.ts";
import type { ServiceStatus } from "../model/status.ts";
import type { CriticalPath, PhaseOrder, ServiceTimes } from "../model/critical-path.ts";
import { criticalPath } from "../model/critical-path.ts";
import { predecessors } from "../model/environments-of.ts";
import { withoutShortcuts } from "../model/graph.ts";
import type { StartRecord } from "../model/history.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { isStartedByUp } from "../model/plan.ts";
import { viewPlan } from "./plan-view.ts";

/** A stack as it is drawn, whatever it is drawn with. Arrows go the way of the start: from what is there first. */
export interface StackPicture {
  readonly title: string;
  readonly phases: readonly PicturePhase[];
  /** From phase to phase; those that follow from others are left out. */
  readonly gates: readonly PictureGate[];
  /** From the service that is needed to the one that needs it. */
  readonly needs: readonly PictureEdge[];
  /** What the arrows and the times are. */
  readonly legend: string;
  /** The critical path in words; undefined where the times of a start are not known of every service. */
  readonly caption: string | undefined;
}

export interface PicturePhase {
  readonly name: string;
  readonly title: string;
  readonly services: readonly PictureService[];
}

export interface PictureService {
  readonly name: string;
  readonly job: boolean;
  /** From the creation of its container to its readiness: "4.1s". Undefined where it is not known. */
  readonly time: string | undefined;
  /** How long it must stay ready before it counts as ready: "1s". Part of its time. */
  readonly minReady?: string;
  /** Whether the start would have been quicker if this had been. */
  readonly critical: boolean;
}

export interface PictureEdge {
  readonly from: string;
  readonly to: string;
}

export interface PictureGate extends PictureEdge {
  readonly critical: boolean;
}

/** The last start of each service that the coordinator has seen from its beginning to readiness. */
export function realStarts(newestFirst: readonly StartRecord[]): ServiceStatus[] {
  const real = newestFirst.filter(({ outcome, fromStart }) => outcome === "ready" && fromStart);
  const byService = Map.groupBy(real, ({ status }) => status.service);
  return [...byService.values()].flatMap(([newest]) => (newest === undefined ? [] : [newest.status]));
}

/**
 * Draws a plan, and on it the last start of the stack where `statuses` tell of one.
 * @param statuses what the coordinator knows; a service that was only proven again has no times of a start
 */
export function pictureOf(plan: LifecyclePlan, statuses: readonly ServiceStatus[] = []): StackPicture {
  const times = startTimesOf(statuses);
  const phases = startedPhases(plan);
  const isKnown = Object.values(phases).every(({ services }) =>
    services.every((name) => Object.hasOwn(times, name)),
  );
  const path = isKnown && Object.keys(phases).length > 0 ? criticalPath(phases, times) : undefined;
  const slowest = new Map(path?.phases.map((phase) => [phase.phase, phase.slowest]));
  const steps = new Set(
    path?.chain.slice(1).flatMap((phase, i) => stepsTo(plan, path.chain[i] ?? "", phase)),
  );
  const gates = withoutShortcuts(mapValues(plan.phases, ({ dependsOn }) => dependsOn));
  return {
    title: `${plan.name}: ${plan.environment} (stack ${plan.stack})`,
    phases: Object.entries(plan.phases).map(([name, { title, services }]) => ({
      name,
      title,
      services: services.map((service) => ({
        name: service,
        job: plan.services[service]?.kind === "job",
        time: timeText(times[service]),
        ...minReadyOf(plan, service),
        critical: path?.chain.includes(name) === true && slowest.get(name) === service,
      })),
    })),
    gates: Object.entries(gates).flatMap(([to, before]) =>
      before.map((from) => ({ from, to, critical: steps.has(edgeKey(from, to)) })),
    ),
    needs: Object.entries(viewPlan(plan).services).flatMap(([to, { needs }]) =>
      Object.keys(needs).map((from) => ({ from, to })),
    ),
    legend: `strong arrows: gates · fine arrows: needs${
      Object.keys(times).length === 0 ? "" : " · times: from the creation of a container to its readiness"
    }`,
    caption: path && captionOf(path),
  };
}

function minReadyOf({ services }: LifecyclePlan, service: string): Pick<PictureService, "minReady"> {
  const { minReady } = services[service]?.readiness ?? {};
  return minReady === undefined ? {} : { minReady };
}

/** What stands below a service's name. */
export function notesOf({ job, time, minReady }: PictureService): string {
  const stays = minReady === undefined ? undefined : `stays ready for ${minReady}`;
  return [job ? "job" : undefined, time, stays].filter((note) => note !== undefined).join(" · ");
}

/** The phases with what an `up` starts in them; those before one of which it starts nothing come before the next. */
function startedPhases(plan: LifecyclePlan): Record<string, PhaseOrder> {
  const started = mapValues(plan.phases, ({ services, dependsOn }) => ({
    services: services.filter((name) => isStartedByUp(plan.services[name])),
    dependsOn,
  }));
  return Object.fromEntries(
    Object.entries(started).flatMap(([name, { services }]) =>
      services.length === 0 ? [] : [[name, { services, dependsOn: predecessors(started, name) }]],
    ),
  );
}

/** The gates from one phase to another, those of phases between them in which an `up` starts nothing among them. */
function stepsTo(plan: LifecyclePlan, from: string, to: string): string[] {
  const { phases, services } = plan;
  return (phases[to]?.dependsOn ?? []).flatMap((before) => {
    if (before === from) return [edgeKey(from, to)];
    const isEmpty = !phases[before]?.services.some((name) => isStartedByUp(services[name]));
    const steps = isEmpty ? stepsTo(plan, from, before) : [];
    return steps.length === 0 ? [] : [...steps, edgeKey(before, to)];
  });
}

const edgeKey = (from: string, to: string) => JSON.stringify([from, to]);

/** When each service's container was created and the service ready, of those that were started and not only proven again. */
function startTimesOf(statuses: readonly ServiceStatus[]): Readonly<Record<string, ServiceTimes>> {
  return Object.fromEntries(
    statuses.flatMap(({ service, createdMs, startedMs, readyMs, provenAgain }) =>
      startedMs === undefined || readyMs === undefined || provenAgain
        ? []
        : [[service, { createdMs, startedMs, readyMs }]],
    ),
  );
}

function timeText(times: ServiceTimes | undefined): string | undefined {
  return times && describeMs(times.readyMs - times.createdMs);
}

function captionOf({ chain, totalMs, phases }: CriticalPath): string {
  const steps = phases
    .filter(({ phase }) => chain.includes(phase))
    .map(({ slowest, ownMs }) => `${slowest} ${describeMs(ownMs)}`);
  return `critical path ${describeMs(totalMs)}: ${steps.join(" → ")}`;
}

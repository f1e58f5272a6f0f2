import type { ContainerPlan, LifecyclePlan } from "../model/plan.ts";
import { containersOf, networkName } from "../model/plan.ts";
import { isStartedByCoordinator } from "../model/started-by-coordinator.ts";

/**
 * Pulumi creates all containers of a phase before it takes up the first of its ServiceReadiness. Of more services than this, some would
 * run for seconds that nobody probes, and the time that they took to become ready would be one that nobody has measured.
 */
const largestPhase = 4;

/**
 * The services whose containers start as soon as they are created, with the names of their networks on the engine: those of small
 * phases that wait for nothing in their own, and whose container is complete when it is created, but for its networks.
 */
export function startedAtCreation(plan: LifecyclePlan): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(containersOf(plan)).flatMap(([name, service]) =>
      isInSmallPhase(service, plan) && isCompleteWhenCreated(service) && !waitsForOthers(service, plan)
        ? [[name, networksOf(service, plan)]]
        : [],
    ),
  );
}

function isInSmallPhase({ phase }: ContainerPlan, { phases }: LifecyclePlan): boolean {
  return (phases[phase]?.services.length ?? 0) <= largestPhase;
}

/** Files are copied into a container, and the limits that @pulumi/docker does not know are set, after it was created. */
function isCompleteWhenCreated(service: ContainerPlan): boolean {
  const { cpus, pids } = service.resources ?? {};
  const isGivenFiles =
    Object.keys(service.files).length > 0 ||
    Object.values(service.mounts ?? {}).some((mount) => "file" in mount);
  return !isGivenFiles && cpus === undefined && pids === undefined;
}

/** Whether the coordinator decides when it starts. */
function waitsForOthers(
  { needs, phase, readiness, runs, schedule }: ContainerPlan,
  { services }: LifecyclePlan,
): boolean {
  const samePhase = Object.keys(needs).some((needed) => services[needed]?.phase === phase);
  return samePhase || isStartedByCoordinator({ runs, schedule, probes: readiness.probes });
}

function networksOf(
  { networks, externalNetworks = [] }: ContainerPlan,
  plan: LifecyclePlan,
): readonly string[] {
  return [...networks.map((network) => networkName(plan, network)), ...externalNetworks];
}

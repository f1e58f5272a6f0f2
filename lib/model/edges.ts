import { checked } from "./checked.ts";
import { isEnabled, isAtLeast } from "./level.ts";
import type { Edge, LifecyclePlan, ServicePlan } from "./plan.ts";
import { asksOverNetwork } from "./probe.ts";

/**
 * The edges of a phase's services that are proven from the dependents' side before their containers are created:
 * that a needed service answers the coordinator does not say that it answers where the dependent will run. Enabled
 * from productionSimulation on; edges inside a phase are not, since its services start together. What is probed are
 * the needed service's own probes over the network, but those that write.
 * @param services all of the plan's, resolved
 * @param members the names of the phase's own
 */
export function edgesOf(services: LifecyclePlan["services"], members: readonly string[]): Edge[] {
  const own = new Set(members);
  return members.flatMap((dependent) =>
    Object.keys(checked(services, dependent).needs).flatMap((needed): Edge[] => {
      const probes = own.has(needed) ? [] : edgeProbes(checked(services, needed));
      return probes.length === 0 ? [] : [{ dependent, needed, probes }];
    }),
  );
}

function edgeProbes({ readiness: { level, probes } }: ServicePlan): string[] {
  if (!isAtLeast(level, "productionSimulation")) return [];
  return Object.entries(probes).flatMap(([name, probe]) =>
    isEnabled(level, probe) && !probe.mutates && asksOverNetwork(probe) ? [name] : [],
  );
}

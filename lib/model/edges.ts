import { mapValues } from "../core/record.ts";
import type { StackDeclaration } from "./declaration.ts";
import type { ValidationLevel } from "./level.ts";
import { isEnabled, isAtLeast } from "./level.ts";
import { needsGraph } from "./needs.ts";
import type { Edge } from "./plan.ts";
import { asksOverNetwork } from "./probe.ts";
import { resolveProbe } from "./resolve-probe.ts";

/**
 * The edges of a phase's services that are proven from the dependents' side before their containers are created:
 * that a needed service answers the coordinator does not say that it answers where the dependent will run. Enabled
 * from productionSimulation on; edges inside a phase are not, since its services start together. What is probed are
 * the needed service's own probes over the network, but those that write.
 */
export function edgesOf(
  declaration: StackDeclaration,
  level: ValidationLevel,
  services: readonly string[],
): Edge[] {
  if (!isAtLeast(level, "productionSimulation")) return [];
  const needs = needsGraph(declaration);
  return services.flatMap((dependent) =>
    (needs[dependent] ?? []).flatMap((needed): Edge[] => {
      if (services.includes(needed)) return [];
      const probes = edgeProbes(declaration, level, needed);
      return probes.length === 0 ? [] : [{ dependent, needed, probes }];
    }),
  );
}

function edgeProbes(declaration: StackDeclaration, level: ValidationLevel, needed: string): string[] {
  const phase = Object.values(declaration.phases).find(({ services }) => services.includes(needed));
  const service = declaration.services[needed];
  const declared = service?.validations?.[phase?.validation ?? ""] ?? {};
  const probes = Object.entries(mapValues(declared, (probe) => resolveProbe(probe, service?.kind)));
  return probes.flatMap(([name, probe]) =>
    isEnabled(level, probe) && !probe.mutates && asksOverNetwork(probe) ? [name] : [],
  );
}

import { topologicalOrder } from "./graph.ts";
import type { LifecyclePlan } from "./plan.ts";

/**
 * All services in the order in which they are restarted: phase after phase, and inside a phase each after those
 * that it needs.
 */
export function startOrder({
  phases,
  services,
}: Pick<LifecyclePlan, "phases" | "services">): readonly string[] {
  return Object.values(phases).flatMap(({ services: members }) => {
    const needs = members.map((name) => [
      name,
      Object.keys(services[name]?.needs ?? {}).filter((needed) => members.includes(needed)),
    ]);
    const { order } = topologicalOrder(Object.fromEntries(needs) as Record<string, readonly string[]>);
    if (order === undefined) throw new Error("the needs of a plan have no cycle");
    return order;
  });
}

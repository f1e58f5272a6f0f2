import { alignColumns } from "../core/columns.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import type { ReadyTimes } from "./providers/phase-gate.ts";

/** What `up` ends with: a line a service, in the order of the phases. Times count from the container's start. */
export function readyTable(plan: LifecyclePlan, ready: Readonly<Record<string, ReadyTimes>>, images: Readonly<Record<string, string>>): string {
  const rows = Object.entries(plan.services).flatMap(([name, { published }]) => {
    const times = ready[name];
    if (times === undefined) return [];
    const address = published ? `${published.ip}:${published.port}` : "";
    return [[name, times.engineHealthy, times.ready, times.gap, address, images[name] ?? ""]];
  });
  return alignColumns([["service", "engine-healthy", "ready", "gap", "address", "image"], ...rows]);
}

import { alignColumns } from "../core/columns.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import type { ReadyTimes } from "./providers/phase-gate.ts";

/** What `up` ends with: a line a service, in the order of the phases. Times count from the container's start. */
export function readyTable(
  plan: LifecyclePlan,
  ready: Readonly<Record<string, ReadyTimes>>,
  addresses: Readonly<Record<string, string>>,
  images: Readonly<Record<string, string>>,
): string {
  const rows = Object.keys(plan.services).map((name) => {
    const { engineHealthy = "", ready: readyAfter = "", budget = "", gap = "" } = ready[name] ?? {};
    return [name, engineHealthy, readyAfter, budget, gap, addresses[name] ?? "", images[name] ?? ""];
  });
  return alignColumns([["service", "engine-healthy", "ready", "budget", "gap", "address", "image"], ...rows]);
}

import type { LifecyclePlan } from "../model/plan.ts";

/** The labels that every container, network and volume of a stack carries, for people with `docker ps --filter label=...`. */
export function labelsOf(
  plan: LifecyclePlan,
  part: { readonly phase?: string; readonly service?: string } = {},
): { label: string; value: string }[] {
  const labels = {
    "phasegate.declaration": plan.name,
    "phasegate.stack": plan.stack,
    "phasegate.environment": plan.environment,
    "phasegate.phase": part.phase,
    "phasegate.service": part.service,
  };
  return Object.entries(labels).flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]));
}

/** Whether a container with these labels is one of a stack's. */
export function isOfStack(
  labels: Readonly<Record<string, string>>,
  { declaration, stack }: { readonly declaration: string; readonly stack: string },
): boolean {
  return labels["phasegate.declaration"] === declaration && labels["phasegate.stack"] === stack;
}

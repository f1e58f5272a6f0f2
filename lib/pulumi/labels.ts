import type { LifecyclePlan } from "../model/plan.ts";

/** What a container, a network or a volume is in a stack. */
export interface StackPart {
  readonly phase?: string;
  readonly service?: string;
  /** As services give it. */
  readonly network?: string;
}

/** The labels that every container, network and volume of a stack carries, for people with `docker ps --filter label=...`. */
export function labelRecord(plan: LifecyclePlan, part: StackPart = {}): Record<string, string> {
  const labels = {
    "phasegate.declaration": plan.name,
    "phasegate.stack": plan.stack,
    "phasegate.environment": plan.environment,
    "phasegate.phase": part.phase,
    "phasegate.service": part.service,
    [networkLabel]: part.network,
  };
  return Object.fromEntries(
    Object.entries(labels).flatMap(([label, value]) => (value === undefined ? [] : [[label, value]])),
  );
}

/** Tells the networks that the stack's own resource has made from those that @pulumi/docker made in earlier versions. */
export const networkLabel = "phasegate.network";

/** As {@link labelRecord}, as @pulumi/docker takes them. */
export function labelsOf(plan: LifecyclePlan, part: StackPart = {}): { label: string; value: string }[] {
  return Object.entries(labelRecord(plan, part)).map(([label, value]) => ({ label, value }));
}

/** Whether a container, a network or a volume with these labels is one of a stack's. */
export function isOfStack(
  labels: Readonly<Record<string, string>>,
  { declaration, stack }: { readonly declaration: string; readonly stack: string },
): boolean {
  return labels["phasegate.declaration"] === declaration && labels["phasegate.stack"] === stack;
}

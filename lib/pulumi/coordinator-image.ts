import { customModuleName } from "../model/custom-module.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { customModulesOf } from "../model/probe-texts.ts";

/** What the coordinator's image is bundled from: the coordinator, and the modules of the plan's custom probes. */
export function coordinatorImage({ services }: LifecyclePlan): {
  readonly bundle: string;
  readonly parts: Readonly<Record<string, string>>;
} {
  const probes = Object.values(services).flatMap(({ readiness }) => Object.values(readiness.probes));
  const modules = customModulesOf(probes).map((module) => [customModuleName(module), module] as const);
  return { bundle: "lib/coordinator/main.ts", parts: Object.fromEntries(modules) };
}

import { compileAhead } from "../engine/bundle.ts";
import { customModuleName, customThreadName } from "../model/custom-module.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { customModulesOf } from "../model/probe-texts.ts";

/** What the coordinator's image is bundled from: the coordinator, and what the custom probes of the plan take. */
export function coordinatorImage({ services }: LifecyclePlan): {
  readonly bundle: string;
  readonly parts: Readonly<Record<string, string>>;
} {
  const probes = Object.values(services).flatMap(({ readiness }) => Object.values(readiness.probes));
  return { bundle: "lib/coordinator/main.ts", parts: coordinatorParts(customModulesOf(probes)) };
}

/** What is beside the coordinator's program: the modules of custom probes and, if there are any, the program of the threads that they run in. */
export function coordinatorParts(customModules: readonly string[]): Readonly<Record<string, string>> {
  return {
    [compileAhead]: "lib/coordinator/compile-ahead.ts",
    ...(customModules.length > 0 && {
      [customThreadName]: "lib/coordinator/probing/custom-thread-main.ts",
      ...Object.fromEntries(customModules.map((module) => [customModuleName(module), module])),
    }),
  };
}

import type { BundleParts } from "../engine/bundle.ts";
import { compileAhead } from "../engine/bundle.ts";
import { customModuleName, customThreadName } from "../model/custom-module.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { customModulesOf } from "../model/probe-texts.ts";

/** What an image of the coordinator is bundled from: its program, and what is beside it. */
export interface CoordinatorSource {
  readonly bundle: string;
  readonly parts: BundleParts;
}

/** What the image of a plan's coordinator is bundled from. */
export function coordinatorImage({ services }: LifecyclePlan): CoordinatorSource {
  const probes = Object.values(services).flatMap(({ readiness }) => Object.values(readiness.probes));
  return coordinatorSource(customModulesOf(probes));
}

/** @param customModules those of custom probes: if there are any, the program of the threads that they run in is beside them */
export function coordinatorSource(customModules: readonly string[] = []): CoordinatorSource {
  return {
    bundle: "lib/coordinator/main.ts",
    parts: {
      [compileAhead]: "lib/coordinator/compile-ahead.ts",
      ...(customModules.length > 0 && {
        [customThreadName]: "lib/coordinator/probing/custom-thread-main.ts",
        ...Object.fromEntries(customModules.map((module) => [customModuleName(module), module])),
      }),
    },
  };
}

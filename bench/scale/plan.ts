import type { LifecyclePlan } from "phasegate";
import { resolvePlan } from "phasegate";
import { benchProfile } from "../bench-profile.ts";
import type { Size } from "../big-declaration.ts";
import { bigDeclaration } from "../big-declaration.ts";
import { tinyServer } from "./tiny-server.ts";

/** A big system that can be brought up. Every probe is enabled; edges, for whose proof each dependent has a prober, are not proven. */
export function scalePlan(size: Size, stack: string): LifecyclePlan {
  const profile = benchProfile(stack, {
    declaration: "big",
    startupTimeoutMultiplier: "2",
    validationLevel: "comprehensive",
  });
  return resolvePlan(bigDeclaration(size, tinyServer()), profile, stack);
}

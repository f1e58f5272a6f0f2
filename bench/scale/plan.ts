import type { LifecyclePlan } from "phasegate";
import { parseProfile, resolvePlan } from "phasegate";
import type { Size } from "../big-declaration.ts";
import { bigDeclaration } from "../big-declaration.ts";
import { tinyServer } from "./tiny-server.ts";

/** A big system that can be brought up. Every probe is enabled; edges, for whose proof each dependent has a prober, are not proven. */
export function scalePlan(size: Size, stack: string): LifecyclePlan {
  const profile = parseProfile(stack, {
    declaration: "big",
    environment: "test",
    startupTimeoutMultiplier: "2",
    healthCheckInterval: "10s",
    validationLevel: "comprehensive",
    portBase: 20_000,
    images: {},
  });
  return resolvePlan(bigDeclaration(size, tinyServer()), profile, stack);
}

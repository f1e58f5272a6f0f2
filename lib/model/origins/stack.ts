import type { Rule } from "./origin.ts";
import { byDefault, declared, multiplier, profiled, rule, samePlace } from "./origin.ts";
import { secretPlaces } from "./secrets.ts";

/** Of the stack as a whole. */
export const stackRules: readonly Rule[] = [
  rule("version", () => [byDefault("the version of the plan's format")]),
  rule("stack", () => [profiled("the stack's name")]),
  rule("name", samePlace),
  rule("registries.**", samePlace),
  rule("secrets.**", secretPlaces),
  rule("networks", ({ declaration }) =>
    Object.entries(declaration.services).map(([name, { networks }]) =>
      networks === undefined ? byDefault("networks") : declared("services", name, "networks"),
    ),
  ),
  rule("environment", () => [profiled("environment")]),
  rule("startupTimeoutMultiplier", () => [multiplier]),
  rule("healthCheckInterval", () => [profiled("healthCheckInterval")]),
  rule("validationLevel", () => [profiled("validationLevel")]),
];

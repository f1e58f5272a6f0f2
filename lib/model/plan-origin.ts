import type { StackDeclaration } from "./declaration.ts";
import { addressRules } from "./origins/address.ts";
import { containerRules } from "./origins/container.ts";
import { orderRules } from "./origins/order.ts";
import type { Origin, Rule } from "./origins/origin.ts";
import { rule, samePlace } from "./origins/origin.ts";
import { readinessRules } from "./origins/readiness.ts";
import { stackRules } from "./origins/stack.ts";
import { telemetryRules } from "./origins/telemetry.ts";
import type { PlanPath } from "./plan-path.ts";
import { matchPath, pathText } from "./plan-path.ts";
import type { Profile } from "./profile.ts";
import { declaredName } from "./replicas.ts";

export type { Origin } from "./origins/origin.ts";

/** The first that knows a place says where it comes from. */
const rules: readonly Rule[] = [
  ...stackRules,
  ...telemetryRules,
  ...orderRules,
  ...containerRules,
  ...addressRules,
  ...readinessRules,
  rule("services.*.**", samePlace),
];

/**
 * All that one value of a plan is made of.
 * `resolvePlan()` is where it happens; this says it in words, and a test changes every value of a declaration and
 * of a profile to see that exactly the places named here change.
 * @throws Error when no rule knows the place, which is a bug
 * @example planOrigins(["phases", "data", "budget"], shop, profile)
 *   // [{ from: "declaration", at: "phases.data.timeout" }, { from: "profile", at: "startupTimeoutMultiplier" }]
 */
export function planOrigins(of: PlanPath, declaration: StackDeclaration, profile: Profile): Origin[] {
  const path = declaredPath(of, declaration);
  for (const [place, originsOf] of rules) {
    const names = matchPath(place, path);
    if (names !== undefined) return originsOf({ path, names, declaration, profile });
  }
  throw new Error(`no rule says where ${pathText(path)} of a plan comes from`);
}

/** A place of an instance in a plan is one of the declared service. */
function declaredPath(path: PlanPath, declaration: StackDeclaration): PlanPath {
  const [part, , key] = path;
  return path.map((name, i) =>
    part === "services" && (i === 1 || (i === 3 && key === "needs")) ? declaredName(declaration, name) : name,
  );
}

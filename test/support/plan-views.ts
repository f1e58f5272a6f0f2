import { parseProfile, resolvePlan, type Profile, type StackDeclaration } from "phasegate";
import type { Json } from "../../lib/core/json.ts";
import type { PlanView } from "../../lib/review/plan-view.ts";
import { viewPlan } from "../../lib/review/plan-view.ts";
import { netra } from "../../stacks/netra.ts";
import { replaced } from "./perturbed.ts";

/** A profile that enables everything. */
export const everything: Profile = parseProfile("test", {
  declaration: "netra",
  environment: "test",
  startupTimeoutMultiplier: 1,
  healthCheckInterval: "10s",
  validationLevel: "comprehensive",
  portBase: 16_000,
  images: {},
});

/** The plan of netra, or of another declaration, as reviews see it. */
export function planView(profile: Partial<Profile> = {}, declaration: StackDeclaration = netra): PlanView {
  return viewPlan(resolvePlan(declaration, { ...everything, ...profile }, "test"));
}

/** A plan with other values at some places; undefined takes one away. */
export function changedView(
  view: PlanView,
  changes: readonly (readonly [readonly string[], Json | undefined])[],
): PlanView {
  return viewPlan(
    changes.reduce<Json>(
      (json, [path, value]) => (value === undefined ? without(json, path) : replaced(json, path, value)),
      view.json,
    ),
  );
}

function without(json: Json, [key = "", ...rest]: readonly string[]): Json {
  const { [key]: own = null, ...others } = json as Record<string, Json>;
  return rest.length === 0 ? others : { ...others, [key]: without(own, rest) };
}

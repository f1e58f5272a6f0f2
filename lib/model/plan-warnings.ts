import type { Problem } from "../core/problem.ts";
import { widelyPublished } from "./container/ports.ts";
import { insecureTls } from "./insecure-tls.ts";
import { plainSecrets } from "./plain-secrets.ts";
import type { LifecyclePlan } from "./plan.ts";

/** What of a plan is no error, and yet to be looked at, each with its place. */
export function planWarnings(plan: LifecyclePlan): Problem[] {
  return [...plainSecrets(plan), ...widelyPublished(plan), ...insecureTls(plan)];
}

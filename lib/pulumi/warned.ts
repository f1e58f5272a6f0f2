import * as pulumi from "@pulumi/pulumi";
import type { LifecyclePlan } from "../model/plan.ts";
import { planWarnings } from "../model/plan-warnings.ts";

/**
 * Shows in a preview and an `up` what of a plan is no error, and yet to be looked at: values that seem to be secrets, ports
 * that are published at every address, TLS that verifies nothing.
 */
export async function warnOf(plan: LifecyclePlan): Promise<void> {
  for (const { path, message } of planWarnings(plan)) await pulumi.log.warn(`${path}: ${message}`);
}

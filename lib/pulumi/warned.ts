import * as pulumi from "@pulumi/pulumi";
import type { LifecyclePlan } from "../model/plan.ts";
import { widelyPublished } from "../model/container/ports.ts";
import { plainSecrets } from "../model/plain-secrets.ts";

/**
 * Shows in a preview and an `up` what of a plan is no error, and yet to be looked at: values that seem to be secrets,
 * and ports that are published at every address of the machine.
 */
export async function warnOf(plan: LifecyclePlan): Promise<void> {
  for (const { path, message } of [...plainSecrets(plan), ...widelyPublished(plan)])
    await pulumi.log.warn(`${path}: ${message}`);
}

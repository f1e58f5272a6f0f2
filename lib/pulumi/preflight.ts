import type * as pulumi from "@pulumi/pulumi";
import type { RegistryAccount } from "../engine/registry-account.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { checkImages } from "./check-images.ts";
import { checkMounts } from "./check-mounts.ts";
import { checkNames } from "./check-names.ts";
import { checkPorts } from "./check-ports.ts";
import { registryAccounts } from "./registry-accounts.ts";
import { checkVariables } from "./container/variables.ts";

/**
 * Asks before anything is touched what would fail in the middle of an `up`, when the running containers are deleted
 * already: are the sources there that images are built from, does the engine answer, do the images exist, is there what
 * containers mount and join, and are the names and the ports free that they will take? Runs in previews too.
 * @param secrets the values that the stack's config sets. Registries are asked with them.
 * @throws PhasegateError PHASEGATE_CONFIG_INVALID, PHASEGATE_IMAGE_BUILD_FAILED, PHASEGATE_ENGINE_UNREACHABLE, PHASEGATE_IMAGE_MISSING,
 *   PHASEGATE_MOUNT_MISSING, PHASEGATE_CONTAINER_REFUSED, PHASEGATE_PORT_TAKEN with every port and its holder
 */
export async function preflight(
  plan: LifecyclePlan,
  host: string | undefined,
  secrets: Readonly<Record<string, pulumi.Output<string>>> = {},
): Promise<void> {
  checkVariables(plan);
  const accounts = await new Promise<readonly RegistryAccount[]>((resolve) => {
    registryAccounts(plan, secrets).apply(resolve);
  });
  await checkImages(plan, host, accounts);
  await checkMounts(plan, host);
  await checkNames(plan, host);
  await checkPorts(plan, host);
}

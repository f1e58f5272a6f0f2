import type * as pulumi from "@pulumi/pulumi";
import type { RegistryAccount } from "../engine/registry-account.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { checkImages } from "./check-images.ts";
import { checkMounts } from "./check-mounts.ts";
import { checkNames } from "./check-names.ts";
import { checkPorts } from "./check-ports.ts";
import { completedJobs } from "./completed-jobs.ts";
import { checkVariables } from "./container/variables.ts";
import { earlierNetworks } from "./earlier-networks.ts";
import { registryAccounts } from "./registry-accounts.ts";

/** What a stack takes over from the engine as it is. */
export interface Found {
  /** The jobs that run once and have: their containers stay as they are. */
  readonly completed: ReadonlySet<string>;
  /** The networks that an earlier version has made, by the names that services give. */
  readonly earlierNetworks: ReadonlySet<string>;
}

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
): Promise<Found> {
  checkVariables(plan);
  const accounts = await new Promise<readonly RegistryAccount[]>((resolve) => {
    registryAccounts(plan, secrets).apply(resolve);
  });
  const completed = completedJobs(plan, host);
  const networks = earlierNetworks(plan, host);
  const questions = [
    checkImages(plan, host, accounts),
    checkMounts(plan, host),
    checkNames(plan, host),
    checkPorts(plan, host),
    completed,
    networks,
  ];
  // Whichever is answered first: of several that fail, the first in this order says what to mend first.
  const failed = (await Promise.allSettled(questions)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
  return { completed: await completed, earlierNetworks: await networks };
}

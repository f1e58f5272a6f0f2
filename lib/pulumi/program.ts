/**
 * What `index.ts` runs. It loads next to nothing itself: while Pulumi starts the provider of dynamic resources, the rest of the
 * program is loaded.
 */
import type { Planned } from "./deploy-planned.ts";
import type { Stack } from "./stack.ts";
import { startDynamicProvider } from "./start/start-providers.ts";

export type { Planned };

/**
 * Deploys this stack: what its config says of the project's declarations, after a preflight.
 *
 * A program's error that is meant for people ends it with its message and code alone.
 * @param planned what to deploy instead. It is called while Pulumi starts a provider, so that what it needs is best imported inside it.
 * @example
 * const stack = await deploy();
 * export const addresses = stack.addresses;
 */
export async function deploy(planned: () => Promise<Planned> = declared): Promise<Stack> {
  await startDynamicProvider();
  const { deployPlanned } = await import("./deploy-planned.ts");
  return deployPlanned(planned);
}

async function declared(): Promise<Planned> {
  const { planDeclared } = await import("./plan-declared.ts");
  return planDeclared();
}

import { listNetworks } from "../engine/networks.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { networkName } from "../model/plan.ts";
import { isOfStack, networkLabel } from "./labels.ts";

/**
 * The networks of a stack, by the names that services give, that an earlier version has brought up with @pulumi/docker. They stay its
 * resources until the stack is taken away.
 * @throws PhasegateError PHASEGATE_ENGINE_UNREACHABLE
 */
export async function earlierNetworks(
  plan: LifecyclePlan,
  host: string | undefined,
): Promise<ReadonlySet<string>> {
  const earlier = (await listNetworks(host)).filter(
    ({ labels }) =>
      isOfStack(labels, { declaration: plan.name, stack: plan.stack }) && !(networkLabel in labels),
  );
  const names = new Set(earlier.map(({ name }) => name));
  return new Set(plan.networks.filter((name) => names.has(networkName(plan, name))));
}

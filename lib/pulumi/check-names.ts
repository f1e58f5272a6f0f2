import { PhasegateError } from "../core/errors.ts";
import { describeProblems } from "../core/problem.ts";
import { containersThere } from "../engine/containers-there.ts";
import { listNetworks } from "../engine/networks.ts";
import { coordinatorName } from "../model/coordinator-process.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { containersOf, engineName, networkName } from "../model/plan.ts";
import { isOfStack } from "./labels.ts";

/** @throws PhasegateError PHASEGATE_CONTAINER_REFUSED with every container and network of somebody else's that has a name of the stack's */
export async function checkNames(plan: LifecyclePlan, host: string | undefined): Promise<void> {
  const ofOthers = (all: readonly { name: string; labels: Readonly<Record<string, string>> }[]) => {
    const others = all.filter(
      ({ labels }) => !isOfStack(labels, { declaration: plan.name, stack: plan.stack }),
    );
    return new Set(others.map(({ name }) => name));
  };
  const takenContainers = ofOthers(await containersThere(host));
  const takenNetworks = ofOthers(await listNetworks(host));
  const problems = [
    ...plan.networks.flatMap((network) => {
      const name = networkName(plan, network);
      const message = `it is to be called ${name}, and one that is not this stack's has that name: "docker network rm ${name}" removes it`;
      return takenNetworks.has(name) ? [{ path: `the network ${network}`, message }] : [];
    }),
    ...[coordinatorName, ...Object.keys(containersOf(plan))].flatMap((service) => {
      const name = engineName(plan, service);
      const message = `its container is to be called ${name}, and one that is not this stack's has that name: "docker rm -f ${name}" removes it`;
      return takenContainers.has(name) ? [{ path: service, message }] : [];
    }),
  ];
  if (problems.length === 0) return;
  throw new PhasegateError(
    "PHASEGATE_CONTAINER_REFUSED",
    `nothing was changed: names of ${engineName(plan)} are taken on the engine:\n${describeProblems(problems)}`,
  );
}

import { PhasegateError } from "../core/errors.ts";
import { describeProblems } from "../core/problem.ts";
import { answeredSoon, dockerClient } from "../engine/docker-engine.ts";
import { coordinatorName } from "../model/check-declaration.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { containersOf, engineName } from "../model/plan.ts";
import { isOfStack } from "./labels.ts";

/** @throws PhasegateError PHASEGATE_CONTAINER_REFUSED with every container of somebody else's that has a name of the stack's */
export async function checkNames(plan: LifecyclePlan, host: string | undefined): Promise<void> {
  const containers = await answeredSoon((soon) => dockerClient(host).listContainers({ ...soon, all: true }));
  const foreign = new Set(
    containers
      .filter(({ Labels: labels }) => !isOfStack(labels, { declaration: plan.name, stack: plan.stack }))
      .flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, ""))),
  );
  const problems = [coordinatorName, ...Object.keys(containersOf(plan))].flatMap((service) => {
    const name = engineName(plan, service);
    const message = `its container is to be called ${name}, and one that is not this stack's has that name: "docker rm -f ${name}" removes it`;
    return foreign.has(name) ? [{ path: service, message }] : [];
  });
  if (problems.length === 0) return;
  throw new PhasegateError(
    "PHASEGATE_CONTAINER_REFUSED",
    `nothing was changed: names of ${engineName(plan)} are taken on the engine:\n${describeProblems(problems)}`,
  );
}

import type * as pulumi from "@pulumi/pulumi";
import type { EdgeProbes } from "../model/control.ts";
import type { Edge, PhasePlan } from "../model/plan.ts";
import { networkName } from "../model/plan.ts";
import { secretsOf } from "../model/plan-secrets.ts";
import type { Deployment } from "./deployment.ts";
import type { PhaseEdgesInputs } from "./providers/phase-edges.ts";
import { secretsNamed } from "./secrets.ts";
import { providedType, ProvidedResource } from "./provided-resource.ts";
import type * as operations from "./providers/phase-edges.ts";

const type = providedType<typeof operations>("PhaseEdges", "phase-edges", ["create", "update", "diff"]);

/**
 * Proves the edges of a phase from the dependents' side, after the gates and before the phase's containers are
 * created: each needed service's probes are run from a container on the dependent's networks.
 */
export class PhaseEdges extends ProvidedResource {
  /** @param generations the generation of each needed service: another one is verified again */
  constructor(
    name: string,
    { edges, edgeBudget }: PhasePlan,
    deployment: Deployment,
    generations: Readonly<Record<string, pulumi.Output<string>>>,
    opts: pulumi.CustomResourceOptions,
  ) {
    const { plan, host, coordinator } = deployment;
    const needed = edges.flatMap((edge) => plan.services[edge.needed] ?? []);
    const inputs: pulumi.Inputs & Record<Exclude<keyof PhaseEdgesInputs, "row">, unknown> = {
      coordinator: coordinator.container,
      host,
      phase: name,
      budget: edgeBudget,
      edges: edges.map((edge) => edgeProbes(edge, deployment)),
      generations,
      secrets: secretsNamed(needed.flatMap(secretsOf), deployment.secrets),
    };
    super(type, name, inputs, opts);
  }
}

function edgeProbes({ dependent, needed, probes }: Edge, { plan }: Deployment): EdgeProbes {
  const { readiness } = plan.services[needed] ?? {};
  if (readiness === undefined) throw new Error(`the plan has no service ${needed}`);
  const { endpoint } = readiness;
  return {
    dependent,
    needed,
    networks: (plan.services[dependent]?.networks ?? []).map((network) => networkName(plan, network)),
    ...(endpoint && { endpoint }),
    probes: Object.fromEntries(Object.entries(readiness.probes).filter(([name]) => probes.includes(name))),
  };
}

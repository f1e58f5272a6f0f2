import * as pulumi from "@pulumi/pulumi";
import { mapValues } from "../core/record.ts";
import type { PhasePlan } from "../model/plan.ts";
import type { Deployment } from "./deployment.ts";
import { PhaseEdges } from "./phase-edges.ts";
import { PhaseGate } from "./phase-gate.ts";
import { anyGeneration } from "./providers/readiness-inputs.ts";
import { ExternalService } from "./external-service.ts";
import { Service } from "./service.ts";

/** One phase: its services, and the gate that opens when all of them are ready. */
export class Phase extends pulumi.ComponentResource {
  readonly gate: PhaseGate;
  readonly services: Readonly<Record<string, Service | ExternalService>>;

  /** @param earlier the phases that come before, those that it depends on among them */
  constructor(
    name: string,
    phase: PhasePlan,
    deployment: Deployment,
    earlier: ReadonlyMap<string, Phase>,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("phasegate:index:Phase", name, {}, opts);
    const { plan, order, host, coordinator } = deployment;
    const { title, budget, validation, dependsOn } = phase;
    const gates = dependsOn.flatMap((before) => earlier.get(before)?.gate ?? []);
    const edges =
      phase.edges.length > 0
        ? [
            new PhaseEdges(name, phase, deployment, generationsOf(phase, deployment, earlier), {
              parent: this,
              dependsOn: gates,
            }),
          ]
        : [];

    const services: Record<string, Service | ExternalService> = {};
    for (const service of order.filter((name) => phase.services.includes(name))) {
      const servicePlan = plan.services[service];
      if (servicePlan === undefined) continue;
      const own = { parent: this, dependsOn: [...gates, ...edges] };
      if (servicePlan.external) {
        services[service] = new ExternalService(service, servicePlan, deployment, own);
        continue;
      }
      const dependencies = mapValues(servicePlan.needs, (onChange, needed) => {
        const member = services[needed];
        const generation = member ? member.generation : generationOf(needed, deployment, earlier);
        const { replica } = plan.services[needed] ?? {};
        // What changes in every `up`, and is followed by nothing, is no change of the dependent. The order stays.
        const isRoutine = onChange === "ignore" && plan.services[needed]?.runs === "everyUp";
        return {
          onChange,
          generation: isRoutine ? generation.apply(() => anyGeneration) : generation,
          samePhase: member !== undefined,
          ...(replica && { replicaOf: replica.of }),
        };
      });
      services[service] = new Service(service, servicePlan, deployment, dependencies, own);
    }
    this.services = services;
    this.gate = new PhaseGate(
      name,
      {
        coordinator: coordinator.container,
        host,
        phase: name,
        title,
        budget,
        validation,
        dependsOn,
        services: mapValues(services, ({ wanted }) => wanted),
        generations: mapValues(services, ({ generation }) => generation),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

/** The generation of a service of an earlier phase, as its gate has proven it: gates, and nothing else, connect phases. */
function generationOf(
  service: string,
  { plan }: Deployment,
  earlier: ReadonlyMap<string, Phase>,
): pulumi.Output<string> {
  const gate = earlier.get(plan.services[service]?.phase ?? "")?.gate;
  // Lifted access: it is known in a preview as soon as this one generation is.
  const generation = gate?.generations[service];
  if (generation === undefined) throw new Error(`${service} is in no earlier phase`);
  return generation;
}

function generationsOf(
  { edges }: PhasePlan,
  deployment: Deployment,
  earlier: ReadonlyMap<string, Phase>,
): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(edges.map(({ needed }) => [needed, generationOf(needed, deployment, earlier)]));
}

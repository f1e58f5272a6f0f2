import * as pulumi from "@pulumi/pulumi";
import { mapValues } from "../core/record.ts";
import type { PhasePlan } from "../model/plan.ts";
import type { Deployment } from "./deployment.ts";
import { PhaseGate, phaseGateType } from "./phase-gate.ts";
import { rowOf } from "./row.ts";
import { Service } from "./service.ts";

/** One phase: its services, and the gate that opens when all of them are ready. */
export class Phase extends pulumi.ComponentResource {
  readonly gate: PhaseGate;
  readonly services: Readonly<Record<string, Service>>;

  /** @param gates the gates of the phases that this one depends on */
  constructor(
    name: string,
    phase: PhasePlan,
    deployment: Deployment,
    gates: readonly PhaseGate[],
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("phasegate:index:Phase", name, {}, opts);
    const { plan, host, coordinator } = deployment;
    this.services = Object.fromEntries(
      phase.services.flatMap((service) => {
        const servicePlan = plan.services[service];
        return servicePlan
          ? [[service, new Service(service, servicePlan, deployment, gates, { parent: this })]]
          : [];
      }),
    );
    const { title, budget, validation, dependsOn } = phase;
    this.gate = new PhaseGate(
      name,
      {
        row: rowOf(name, phaseGateType, this),
        coordinator: coordinator.container,
        host,
        phase: name,
        title,
        budget,
        validation,
        dependsOn,
        services: pulumi.output(mapValues(this.services, ({ registration }) => registration)),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

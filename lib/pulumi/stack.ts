import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { LifecyclePlan } from "../model/plan.ts";
import { engineName } from "../model/plan.ts";
import { Coordinator } from "./coordinator.ts";
import type { Deployment } from "./deployment.ts";
import { labelsOf } from "./labels.ts";
import { Phase } from "./phase.ts";
import { readyTable } from "./ready-table.ts";

export interface StackArgs {
  readonly plan: LifecyclePlan;
  /** The value of every secret that the plan names. */
  readonly secrets: pulumi.Output<Record<string, string>>;
  /** The engine's address: "unix:///var/run/docker.sock", "ssh://host". Default: as for docker itself. */
  readonly host?: string | undefined;
}

/** A whole stack: the network, the coordinator, and the phases, each behind the gates of those it depends on. */
export class Stack extends pulumi.ComponentResource {
  /** Each service's times, image and address as aligned text. */
  readonly table: pulumi.Output<string>;
  /** Where each service's image came from. */
  readonly images: pulumi.Output<Record<string, string>>;

  constructor({ plan, secrets, host }: StackArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("phasegate:index:Stack", plan.name, {}, opts);
    const network = new docker.Network("network", { name: engineName(plan), labels: labelsOf(plan) }, { parent: this });
    const coordinator = new Coordinator(plan, network, host, { parent: this });
    const deployment: Deployment = { plan, host, secrets: pulumi.secret(secrets), network, coordinator };

    // The plan lists phases in an order in which each comes after those it depends on.
    const phases = new Map<string, Phase>();
    for (const [name, phase] of Object.entries(plan.phases)) {
      const gates = phase.dependsOn.flatMap((before) => phases.get(before)?.gate ?? []);
      phases.set(name, new Phase(name, phase, deployment, gates, { parent: this }));
    }

    const services = [...phases.values()].flatMap((phase) => Object.entries(phase.services));
    this.images = pulumi.output(Object.fromEntries(services.map(([name, { image }]) => [name, image])));
    this.table = pulumi
      .all([pulumi.all([...phases.values()].map(({ gate }) => gate.ready)), this.images])
      .apply(([ready, images]) => readyTable(plan, Object.assign({}, ...ready), images));
    this.registerOutputs({});
  }
}

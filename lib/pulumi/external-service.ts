import * as pulumi from "@pulumi/pulumi";
import { externalWorkload } from "../model/external-workload.ts";
import type { ExternalPlan } from "../model/plan.ts";
import { secretsOf } from "../model/plan-secrets.ts";
import type { Deployment } from "./deployment.ts";
import type { WantedService } from "./providers/readiness-inputs.ts";
import { secretsNamed } from "./secrets.ts";
import { ServiceReadiness } from "./service-readiness.ts";

/** A service that is no container: what is expected of it, and nothing that would create it. */
export class ExternalService extends pulumi.ComponentResource {
  /** What the phase's gate waits for. */
  readonly wanted: pulumi.Output<WantedService>;
  /** Names what its dependents were proven with. */
  readonly generation: pulumi.Output<string>;

  constructor(
    name: string,
    service: ExternalPlan,
    deployment: Deployment,
    {
      dependsOn = [],
      ...opts
    }: Omit<pulumi.ComponentResourceOptions, "dependsOn"> & {
      readonly dependsOn?: readonly pulumi.Resource[];
    },
  ) {
    super("phasegate:index:ExternalService", name, {}, opts);
    const { plan, order, host, coordinator } = deployment;
    const readiness = new ServiceReadiness(
      name,
      {
        coordinator: coordinator.container,
        host,
        service: name,
        phase: service.phase,
        container: externalWorkload(name),
        ...service.readiness,
        dependencies: {},
        startIndex: order.indexOf(name),
        after: plan.phases[service.phase]?.dependsOn ?? [],
        supervision: service.supervision,
        keptPasswords: [],
        secrets: secretsNamed(secretsOf(service), deployment.secrets),
      },
      // Its budget begins when it is applied: the gates of the phases before are open by then.
      { parent: this, dependsOn: [...dependsOn] },
    );
    this.wanted = readiness.wanted;
    this.generation = readiness.generation;
    this.registerOutputs({});
  }
}

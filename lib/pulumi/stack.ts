import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { LifecyclePlan } from "../model/plan.ts";
import { sharedVolumes } from "../model/container/mounts.ts";
import { addressText, publishedPorts } from "../model/container/ports.ts";
import { engineName } from "../model/plan.ts";
import { startOrder } from "../model/start-order.ts";
import { Coordinator } from "./coordinator.ts";
import type { Deployment } from "./deployment.ts";
import { labelsOf } from "./labels.ts";
import { Phase } from "./phase.ts";
import type { Found } from "./preflight.ts";
import type { ReadyTimes } from "./providers/phase-gate.ts";
import { registryAccounts } from "./registry-accounts.ts";
import { Service } from "./service.ts";
import { StackContainers } from "./stack-containers.ts";
import { stackImages } from "./stack-images.ts";
import { stackNetwork } from "./stack-network.ts";
import { readyTable } from "./ready-table.ts";
import { stackSecrets } from "./secrets.ts";
import { StackPorts } from "./stack-ports.ts";
import { StackTelemetry } from "./telemetry.ts";

export interface StackArgs {
  readonly plan: LifecyclePlan;
  /** Values of secrets that the plan names. What may be generated and is not among them is generated. */
  readonly secrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** The engine's address: "unix:///var/run/docker.sock", "ssh://host". Default: as for docker itself. */
  readonly host?: string | undefined;
  /** What {@link preflight} has found on the engine. Default: a stack that is not there yet. */
  readonly found?: Found;
}

const nothing: Found = { completed: new Set(), earlierNetworks: new Set() };

/** A whole stack: the network, the coordinator, and the phases, each behind the gates of those it depends on. */
export class Stack extends pulumi.ComponentResource {
  /** Where each published service is on the engine's machine; a further port as `api.metrics`. */
  readonly addresses: Readonly<Record<string, string>>;
  /** The image that each service runs, and where it came from: "postgres:17 (registry)". */
  readonly images: pulumi.Output<Record<string, string>>;
  /** How each service came to be ready. */
  readonly ready: pulumi.Output<Record<string, ReadyTimes>>;

  constructor(
    { plan, secrets, host, found = nothing }: StackArgs,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("phasegate:index:Stack", plan.name, {}, opts);
    const networks = Object.fromEntries(
      plan.networks.map((name) => [
        name,
        stackNetwork(plan, name, host, found.earlierNetworks.has(name), { parent: this }),
      ]),
    );
    const containers = new StackContainers(plan, host, { parent: this });
    const coordinator = new Coordinator(plan, Object.values(networks), containers, host, { parent: this });
    const order = startOrder(plan);
    const given = {
      host,
      secrets: stackSecrets(plan, secrets, host, this),
      ...(plan.registries && { accounts: registryAccounts(plan, secrets) }),
    };
    const deployment: Deployment = {
      plan,
      order,
      ...given,
      images: stackImages(plan, given, this),
      networks,
      volumes: Object.fromEntries(
        sharedVolumes(plan.services).map((name) => [name, sharedVolume(plan, name, { parent: this })]),
      ),
      coordinator,
      containers,
      completed: found.completed,
      ports: new StackPorts(plan, host, { parent: this }),
    };

    if (plan.alerting ?? plan.metrics ?? plan.tracing) new StackTelemetry(deployment, { parent: this });

    // The plan lists phases in an order in which each comes after those it depends on.
    const phases = new Map<string, Phase>();
    for (const [name, phase] of Object.entries(plan.phases)) {
      phases.set(name, new Phase(name, phase, deployment, phases, { parent: this }));
    }

    this.addresses = Object.fromEntries(
      Object.entries(plan.services).flatMap(([service, one]) =>
        publishedPorts(one).map(({ name, ...at }) => [
          name === undefined ? service : `${service}.${name}`,
          addressText(at),
        ]),
      ),
    );
    const images = [...phases.values()].flatMap((phase) =>
      Object.entries(phase.services).flatMap(([name, service]) =>
        service instanceof Service ? [[name, service.image] as const] : [],
      ),
    );
    this.images = pulumi.output(Object.fromEntries(images));
    this.ready = pulumi
      .all([...phases.values()].map(({ gate }) => gate.ready))
      .apply((ready) => Object.assign({}, ...ready) as Record<string, ReadyTimes>);
    if (!pulumi.runtime.isDryRun()) {
      pulumi
        .all([this.ready, this.images])
        .apply(([ready, images]) =>
          pulumi.log.info(`\n${readyTable(plan, ready, this.addresses, images)}`, this),
        );
    }
    this.registerOutputs({});
  }
}

/** A volume that several services mount. As any other it outlives the stack. */
function sharedVolume(plan: LifecyclePlan, name: string, opts: pulumi.CustomResourceOptions): docker.Volume {
  return new docker.Volume(
    `volume-${name}`,
    { name: engineName(plan, name), labels: labelsOf(plan) },
    { ...opts, retainOnDelete: true },
  );
}

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { limitsOf } from "../model/container/resources.ts";
import { passwordsKeptInVolumes } from "../model/kept-passwords.ts";
import { publishedPorts } from "../model/container/ports.ts";
import type { ContainerPlan } from "../model/plan.ts";
import { engineName } from "../model/plan.ts";
import { secretsOf } from "../model/plan-secrets.ts";
import { containerArgs, replacedOnChange, setElsewhere } from "./container/container-args.ts";
import type { Deployment } from "./deployment.ts";
import type { DeepInputs } from "./deep-inputs.ts";
import { labelsOf } from "./labels.ts";
import type { Dependency, WantedService } from "./providers/readiness-inputs.ts";
import { generatedFor, secretsNamed } from "./secrets.ts";
import { ServiceReadiness } from "./service-readiness.ts";

/** One service: its volumes, its container, and what is expected of it. */
export class Service extends pulumi.ComponentResource {
  /** What the phase's gate waits for. */
  readonly wanted: pulumi.Output<WantedService>;
  /** Names what an `up` has begun: this container, or its last restart that an `up` wanted. */
  readonly generation: pulumi.Output<string>;
  /** Where the image came from. */
  readonly image: pulumi.Output<string>;

  constructor(
    name: string,
    service: ContainerPlan,
    deployment: Deployment,
    dependencies: Readonly<Record<string, DeepInputs<Dependency>>>,
    {
      dependsOn = [],
      ...opts
    }: Omit<pulumi.ComponentResourceOptions, "dependsOn"> & {
      readonly dependsOn?: readonly pulumi.Resource[];
    },
  ) {
    super("phasegate:index:Service", name, {}, opts);
    const { plan, order, host, coordinator, containers, images, ports, completed } = deployment;
    const image = images[name];
    if (image === undefined) throw new Error(`the image of ${name} was not made`);
    const volumes = Object.keys(service.volumes).map(
      (volume) =>
        new docker.Volume(
          `${name}-${volume}`,
          {
            name: engineName(plan, `${name}-${volume}`),
            labels: labelsOf(plan, { phase: service.phase, service: name }),
          },
          // Data outlives the stack: "npm run down -- --volumes" removes it.
          {
            parent: this,
            retainOnDelete: true,
            dependsOn: generatedFor(secretsOf(service), deployment.secrets),
          },
        ),
    );
    const container = new docker.Container(name, containerArgs(name, service, deployment, image, volumes), {
      parent: this,
      // Gates, and nothing else, order the phases. A gate's output would do worse: while it is unknown, it would replace the container.
      dependsOn: [...dependsOn, ...(publishedPorts(service).length > 0 ? [ports] : [])],
      replaceOnChanges: [...replacedOnChange],
      ignoreChanges: [...setElsewhere],
      // The plugin asks for it where it wants the replacement itself, and for these changes it does not.
      deleteBeforeReplace: true,
      // A reference may mean an image for each platform. To Pulumi, null is no trigger.
      replacementTrigger: containers
        .trigger(name)
        .apply((creations) =>
          creations === null || service.platform === undefined
            ? creations
            : `${creations} ${service.platform}`,
        ),
      ...(completed.has(name) && { ignoreChanges: ["*"] }),
    });
    const readiness = new ServiceReadiness(
      name,
      {
        coordinator: coordinator.container,
        host,
        service: name,
        phase: service.phase,
        ...(service.replica && { replicaOf: service.replica.of }),
        container: container.id,
        ...service.readiness,
        dependencies,
        startIndex: order.indexOf(name),
        after: plan.phases[service.phase]?.dependsOn ?? [],
        supervision: service.supervision,
        ...(service.runs && { runs: service.runs }),
        limits: limitsOf(service.resources ?? {}),
        ...(service.schedule && { schedule: service.schedule }),
        keptPasswords: passwordsKeptInVolumes(service),
        secrets: secretsNamed(secretsOf(service), deployment.secrets),
      },
      { parent: this },
    );
    this.wanted = readiness.wanted;
    this.generation = readiness.generation;
    this.image = pulumi.interpolate`${image.reference} (${image.source})`;
    // What is said here at once is written down before there is much to write.
    this.registerOutputs({});
  }
}

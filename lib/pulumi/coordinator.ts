import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { loggingDefaults } from "../model/container/logging.ts";
import { coordinatorName, coordinatorNodeOptions } from "../model/coordinator-process.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { engineName } from "../model/plan.ts";
import { loggingArgs } from "./container/logging.ts";
import { coordinatorImage } from "./coordinator-image.ts";
import { GeneratedSecret } from "./generated-secret.ts";
import { labelsOf } from "./labels.ts";
import { PreparedImage } from "./prepared-image.ts";
import type { StackContainers } from "./stack-containers.ts";
import type { StackNetwork } from "./stack-network.ts";

/**
 * The stack's coordinator: a container on all its networks which probes. It alone has the engine's socket. It has
 * no port but that of declared metrics, and no right but those: its control socket is inside, and who may exec may control. Its history and the
 * desired state are on a volume of its own, on which secrets are sealed with a key that is in its environment.
 */
export class Coordinator extends pulumi.ComponentResource {
  /** The id of its container. */
  readonly container: pulumi.Output<string>;

  constructor(
    plan: LifecyclePlan,
    networks: readonly StackNetwork[],
    containers: StackContainers,
    host: string | undefined,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("phasegate:index:Coordinator", coordinatorName, {}, opts);
    const image = new PreparedImage(`${coordinatorName}-image`, coordinatorImage(plan), host, {
      parent: this,
    });
    const history = new docker.Volume(
      `${coordinatorName}-history`,
      {
        name: engineName(plan, `${coordinatorName}-history`),
        labels: labelsOf(plan, { service: coordinatorName }),
      },
      // As the services' data: what is known of past starts outlives the stack.
      { parent: this, retainOnDelete: true },
    );
    // With the state, as the secrets are that it seals. The volume alone opens nothing.
    const sealKey = new GeneratedSecret(
      `${coordinatorName}-seal-key`,
      { stack: plan.stack, volumes: [], host, bytes: 32 },
      { parent: this },
    );
    const { published } = plan.metrics ?? {};
    const container = new docker.Container(
      coordinatorName,
      {
        name: engineName(plan, coordinatorName),
        image: image.reference,
        envs: [
          `PHASEGATE_DECLARATION=${plan.name}`,
          `PHASEGATE_STACK=${plan.stack}`,
          `NODE_OPTIONS=${coordinatorNodeOptions}`,
          // The engine copies no file into a container whose file system is read-only, but onto the volume, where it must not be.
          pulumi.interpolate`PHASEGATE_SEAL_KEY=${pulumi.secret(sealKey.value)}`,
        ],
        labels: labelsOf(plan, { service: coordinatorName }),
        ...(published && {
          ports: [
            {
              ip: published.ip,
              external: published.port,
              internal: published.containerPort,
              protocol: "tcp",
            },
          ],
        }),
        networkMode: "bridge",
        networksAdvanced: networks.map(({ name }) => ({ name, aliases: [coordinatorName] })),
        volumes: [
          { hostPath: socketPath(host), containerPath: "/var/run/docker.sock" },
          { volumeName: history.name, containerPath: "/var/lib/phasegate" },
        ],
        // The engine's socket belongs to root; without any capability root is nobody special elsewhere.
        user: "0:0",
        capabilities: { drops: ["ALL"] },
        init: true,
        securityOpts: ["no-new-privileges:true"],
        readOnly: true,
        tmpfs: { "/run/phasegate": "mode=0700,size=1m" },
        ...loggingArgs({ logging: loggingDefaults }),
        restart: "unless-stopped",
        mustRun: false,
        destroyGraceSeconds: 5,
      },
      {
        parent: this,
        replaceOnChanges: ["tmpfs", "init"],
        // As for the services' containers: see lib/pulumi/service.ts.
        deleteBeforeReplace: true,
        replacementTrigger: containers.trigger(coordinatorName),
      },
    );
    this.container = container.id;
    this.registerOutputs({ container: this.container });
  }
}

/**
 * The engine's socket on the engine's own machine: of an engine on this machine the one that is spoken to, of a
 * remote one, or one in a virtual machine, the usual one.
 */
function socketPath(host = process.env["DOCKER_HOST"] ?? ""): string {
  return process.platform === "linux" && host.startsWith("unix://")
    ? host.slice("unix://".length)
    : "/var/run/docker.sock";
}

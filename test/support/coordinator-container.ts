import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { bundleReference, nodeImage, prepareBundle } from "../../lib/engine/bundle-image.ts";
import { connectEngine, dockerClient } from "../../lib/engine/docker-engine.ts";
import type { Engine } from "../../lib/engine/engine.ts";
import { prepareImage } from "../../lib/engine/images.ts";
import { coordinatorSource } from "../../lib/pulumi/coordinator-image.ts";

/** A network with the real coordinator on it, and room for services. */
export interface CoordinatorContainer {
  readonly docker: Docker;
  readonly engine: Engine;
  /** The coordinator's container, and its image. */
  readonly name: string;
  readonly image: string;
  /** Starts a container on the network that runs a Node.js program, under the service's name; its id. */
  startProgram(service: string, program: string): Promise<string>;
  /** Removes everything. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Builds the coordinator's image if it is not there, and starts one as `pulumi up` would. `modules`: those of custom probes. */
export async function startCoordinator(modules: readonly string[] = []): Promise<CoordinatorContainer> {
  const docker = dockerClient();
  const engine = connectEngine();
  const say = () => {};
  const { bundle, parts } = coordinatorSource(modules);
  const reference = await bundleReference(process.cwd(), bundle, parts);
  await prepareBundle(docker, process.cwd(), bundle, reference, say, parts);
  const node = await prepareImage(docker, nodeImage, say);

  const stack = `coordinator-test-${randomBytes(6).toString("hex")}`;
  const labels = { "phasegate.declaration": "test", "phasegate.stack": stack };
  const network = await docker.createNetwork({ Name: stack, Labels: labels });
  const volume = `${stack}-coordinator-history`;
  await docker.createVolume({ Name: volume, Labels: labels });
  const created: Docker.Container[] = [];
  const start = async (service: string, options: Docker.ContainerCreateOptions) => {
    const container = await docker.createContainer({
      name: `${stack}-${service}`,
      Labels: { ...labels, "phasegate.service": service },
      NetworkingConfig: { EndpointsConfig: { [stack]: { Aliases: [service] } } },
      ...options,
    });
    created.push(container);
    await container.start();
    return container.id;
  };
  const removeAll = async () => {
    await Promise.all(created.map((container) => container.remove({ force: true, v: true }).catch(() => {})));
    await network.remove();
    await docker.getVolume(volume).remove();
  };
  try {
    await start("coordinator", {
      Image: reference,
      Env: [
        "PHASEGATE_DECLARATION=test",
        `PHASEGATE_STACK=${stack}`,
        `PHASEGATE_SEAL_KEY=${randomBytes(32).toString("base64url")}`,
      ],
      User: "0:0",
      HostConfig: {
        NetworkMode: stack,
        Binds: ["/var/run/docker.sock:/var/run/docker.sock", `${volume}:/var/lib/phasegate`],
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges:true"],
        ReadonlyRootfs: true,
        Tmpfs: { "/run/phasegate": "mode=0700,size=1m" },
      },
    });
  } catch (error) {
    await removeAll();
    throw error;
  }
  return {
    docker,
    engine,
    name: `${stack}-coordinator`,
    image: reference,
    startProgram: (service, program) =>
      start(service, {
        Image: node.reference,
        Cmd: ["node", "-e", program],
        HostConfig: { NetworkMode: stack, Init: true },
      }),
    [Symbol.asyncDispose]: removeAll,
  };
}

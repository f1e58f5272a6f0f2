import type Docker from "dockerode";
import { unlessMiscounted } from "./remove-network.ts";

/**
 * When the engine created the containers with all of some labels, by the name of their service. Milliseconds since the epoch.
 */
export async function creationTimes(
  docker: Docker,
  ...labels: readonly string[]
): Promise<Readonly<Record<string, number>>> {
  const found = await docker.listContainers({ all: true, filters: { label: [...labels] } });
  const times = await Promise.all(
    found.map(async ({ Id, Labels }) => {
      const { Created } = await docker.getContainer(Id).inspect();
      return [Labels["phasegate.service"] ?? Id, Date.parse(Created)] as const;
    }),
  );
  return Object.fromEntries(times);
}

/** @throws Error with the containers that are on it, if there are any */
async function removeNetwork(docker: Docker, id: string): Promise<void> {
  const network = docker.getNetwork(id);
  const { Name, Containers = {} } = await network.inspect();
  const names = Object.values(Containers).map((container) => container.Name);
  if (names.length > 0) throw new Error(`the network ${Name} is in use by ${names.join(", ")}`);
  await network.remove();
}

/** Takes away every container, network and volume with all of some labels, running or not. */
export async function removeLabelled(docker: Docker, ...labels: readonly string[]): Promise<void> {
  const filters = { label: [...labels] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id, Name }) => unlessMiscounted(Name, removeNetwork(docker, Id))));
  const { Volumes } = await docker.listVolumes({ filters });
  await Promise.all(Volumes.map(({ Name }) => docker.getVolume(Name).remove()));
}

import { answeredSoon, dockerClient } from "./docker-engine.ts";

export interface ContainerThere {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The ids of the networks that it is on, or would be on if it ran. */
  readonly networks: readonly string[];
}

/** All containers of the engine, running or not. @throws PhasegateError PHASEGATE_ENGINE_UNREACHABLE */
export async function containersThere(host: string | undefined): Promise<ContainerThere[]> {
  const containers = await answeredSoon((soon) => dockerClient(host).listContainers({ ...soon, all: true }));
  return containers.flatMap(({ Names, Labels: labels, NetworkSettings }) => {
    const networks = Object.values(NetworkSettings.Networks).map(({ NetworkID }) => NetworkID);
    return Names.map((name) => ({ name: name.replace(/^\//, ""), labels, networks }));
  });
}

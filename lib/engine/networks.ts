/** The engine's networks, as far as a stack makes them. */
import type { NetworkInspectInfo } from "dockerode";
import { answered, answeredSoon, dockerClient, unlessMissing } from "./docker-engine.ts";

export interface Network {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** All networks of the engine. @throws PhasegateError PHASEGATE_ENGINE_UNREACHABLE */
export async function listNetworks(host: string | undefined): Promise<Network[]> {
  const networks = await answeredSoon((soon) => dockerClient(host).listNetworks({ ...soon }));
  return networks.map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels ?? {} }));
}

/** Creates a bridge network. @returns its id */
export async function createNetwork(
  host: string | undefined,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<string> {
  // Engines before 25 make a second network of the same name unless this is set.
  const order = { Name: name, Driver: "bridge", CheckDuplicate: true, Labels: { ...labels } };
  return (await answered(dockerClient(host).createNetwork(order))).id;
}

/** The names of the networks that a container is on, or will be when it runs; undefined where it is gone. */
export async function networksOf(host: string | undefined, container: string): Promise<string[] | undefined> {
  const inspected = answeredSoon((soon) => dockerClient(host).getContainer(container).inspect(soon));
  const found = await unlessMissing(inspected);
  return found && Object.keys(found.NetworkSettings.Networks);
}

/** The names of the containers that run on a network. */
export async function containersOn(host: string | undefined, id: string): Promise<string[]> {
  const inspect: Promise<NetworkInspectInfo> = dockerClient(host).getNetwork(id).inspect();
  const found = await unlessMissing(answered(inspect));
  return Object.values(found?.Containers ?? {}).map(({ Name }) => Name);
}

/** Removes a network; one that is gone already is as good as removed. */
export async function removeNetwork(host: string | undefined, id: string): Promise<void> {
  await unlessMissing(answered<unknown>(dockerClient(host).getNetwork(id).remove()));
}

/** What the engine has, in the terms in which Pulumi's state knows it. */
import { answered, dockerClient, unlessMissing } from "../../lib/engine/docker-engine.ts";

export type EngineKind = "container" | "network" | "volume";

export interface EngineThing {
  readonly kind: EngineKind;
  /** As the state has it: a volume's name is its id. */
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** All containers, running or not, networks and volumes. */
export async function engineContents(): Promise<EngineThing[]> {
  const docker = dockerClient();
  const [containers, networks, { Volumes: volumes }] = await answered(
    Promise.all([docker.listContainers({ all: true }), docker.listNetworks(), docker.listVolumes()]),
  );
  return [
    ...containers.map(({ Id, Names: [name = ""], Labels }) => ({
      kind: "container" as const,
      id: Id,
      name: name.slice(1),
      labels: Labels,
    })),
    ...networks.map(({ Id, Name, Labels }) => ({
      kind: "network" as const,
      id: Id,
      name: Name,
      labels: Labels ?? {},
    })),
    ...(volumes ?? []).map(({ Name, Labels }) => ({
      kind: "volume" as const,
      id: Name,
      name: Name,
      labels: Labels ?? {},
    })),
  ];
}

/** What of it carries the labels of a stack: that needs no state. */
export function ofStack(
  things: readonly EngineThing[],
  { stack, declaration }: { readonly stack: string; readonly declaration?: string },
): EngineThing[] {
  return things.filter(
    ({ labels }) =>
      labels["phasegate.stack"] === stack &&
      (declaration === undefined || labels["phasegate.declaration"] === declaration),
  );
}

/** Removes things, containers first: what they use is free then. What is gone already is as good as removed. */
export async function removeThings(things: readonly EngineThing[]): Promise<void> {
  for (const kind of ["container", "network", "volume"] as const)
    await Promise.all(things.filter((thing) => thing.kind === kind).map(remove));
}

async function remove({ kind, id }: EngineThing): Promise<void> {
  const docker = dockerClient();
  await unlessMissing(
    answered<unknown>(
      kind === "container"
        ? docker.getContainer(id).remove({ force: true })
        : kind === "network"
          ? docker.getNetwork(id).remove()
          : docker.getVolume(id).remove(),
    ),
  );
}

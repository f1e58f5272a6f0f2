import { resolve } from "node:path";
import type * as docker from "@pulumi/docker";
import type { HostMount, ImageRun } from "../../engine/run-check.ts";
import type { PlannedMount } from "../../model/container/mounts.ts";
import type { ContainerPlan } from "../../model/plan.ts";
import { memoryBytes } from "../../model/container/memory-bytes.ts";

/** The volumes that services share, by the names that they give. */
export type SharedVolumes = Readonly<Record<string, docker.Volume>>;

/** What a container is created with for its mounts. Each change of them replaces it. */
export function mountArgs(
  { mounts }: ContainerPlan,
  shared: SharedVolumes,
): Pick<docker.ContainerArgs, "mounts"> {
  if (mounts === undefined) return {};
  return {
    mounts: Object.entries(mounts).map(([target, mount]) => ({ target, ...mountArg(mount, shared) })),
  };
}

function mountArg(
  mount: PlannedMount,
  shared: SharedVolumes,
): Omit<docker.types.input.ContainerMount, "target"> {
  if ("hostFile" in mount)
    return { type: "bind", source: hostPath(mount.hostFile), readOnly: !mount.writable };
  if ("hostFolder" in mount)
    return { type: "bind", source: hostPath(mount.hostFolder), readOnly: !mount.writable };
  if ("tmpfs" in mount) {
    const { size, mode } = mount.tmpfs;
    const tmpfsOptions = {
      ...(size !== undefined && { sizeBytes: memoryBytes(size) }),
      ...(mode !== undefined && { mode: Number.parseInt(mode, 8) }),
    };
    return { type: "tmpfs", ...(Object.keys(tmpfsOptions).length > 0 && { tmpfsOptions }) };
  }
  if ("volume" in mount) {
    const volume = shared[mount.volume];
    if (volume === undefined) throw new Error(`the volume ${mount.volume} was not made`);
    return { type: "volume", source: volume.name, readOnly: mount.readOnly };
  }
  return { type: "volume", source: mount.externalVolume, readOnly: mount.readOnly };
}

/** What of a service's mounts is checked with a container that is never started. */
export function checkedMounts({
  volumes,
  mounts = {},
}: ContainerPlan): Pick<ImageRun, "mounts" | "hostMounts"> {
  const entries = Object.entries(mounts);
  const hostMounts = entries.flatMap(([target, mount]): HostMount[] => {
    if ("hostFile" in mount) return [{ target, source: hostPath(mount.hostFile), kind: "file" }];
    if ("hostFolder" in mount) return [{ target, source: hostPath(mount.hostFolder), kind: "folder" }];
    return [];
  });
  const ofHost = new Set(hostMounts.map(({ target }) => target));
  return {
    mounts: [...Object.values(volumes), ...entries.map(([path]) => path).filter((path) => !ofHost.has(path))],
    ...(hostMounts.length > 0 && { hostMounts }),
  };
}

/** A path of the host as the engine takes it: relative ones are relative to the project's folder. */
export function hostPath(path: string): string {
  return resolve(process.cwd(), path);
}

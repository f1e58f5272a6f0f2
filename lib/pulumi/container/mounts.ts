import { resolve } from "node:path";
import type * as docker from "@pulumi/docker";
import { sizeBytes } from "../../core/size.ts";
import type { HostMount, ImageRun } from "../../engine/run-check.ts";
import type { PlannedMount } from "../../model/container/mounts.ts";
import type { ContainerPlan } from "../../model/plan.ts";

/** The volumes that services share, by the names that they give. */
export type SharedVolumes = Readonly<Record<string, docker.Volume>>;

/** What a container is created with for its mounts. Each change of them replaces it. */
export function mountArgs(
  { mounts }: ContainerPlan,
  shared: SharedVolumes,
): Pick<docker.ContainerArgs, "mounts"> {
  const mounted = Object.entries(mounts ?? {}).flatMap(([target, mount]) =>
    "file" in mount ? [] : [{ target, ...mountArg(mount, shared) }],
  );
  return mounted.length === 0 ? {} : { mounts: mounted };
}

function mountArg(
  mount: Exclude<PlannedMount, { file: string }>,
  shared: SharedVolumes,
): Omit<docker.types.input.ContainerMount, "target"> {
  if ("hostFile" in mount)
    return { type: "bind", source: hostPath(mount.hostFile), readOnly: !mount.writable };
  if ("hostFolder" in mount)
    return { type: "bind", source: hostPath(mount.hostFolder), readOnly: !mount.writable };
  if ("tmpfs" in mount) {
    const { size, mode } = mount.tmpfs;
    const tmpfsOptions = {
      ...(size !== undefined && { sizeBytes: sizeBytes(size) }),
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

/** What of a service's mounts and files is checked with a container that is never started. */
export function checkedMounts({
  volumes,
  mounts = {},
  files,
}: ContainerPlan): Pick<ImageRun, "mounts" | "hostMounts" | "files" | "executables"> {
  const entries = Object.entries(mounts);
  const hostMounts = entries.flatMap(([target, mount]): HostMount[] => {
    if ("hostFile" in mount) return [{ target, source: hostPath(mount.hostFile), kind: "file" }];
    if ("hostFolder" in mount) return [{ target, source: hostPath(mount.hostFolder), kind: "folder" }];
    return [];
  });
  const others = entries.filter(([, mount]) => !("hostFile" in mount || "hostFolder" in mount));
  return {
    mounts: [
      ...Object.values(volumes),
      ...others.flatMap(([path, mount]) => ("file" in mount ? [] : [path])),
    ],
    ...(hostMounts.length > 0 && { hostMounts }),
    files: [
      ...Object.keys(files),
      ...others.flatMap(([path, mount]) => ("file" in mount && !mount.executable ? [path] : [])),
    ],
    executables: others.flatMap(([path, mount]) => ("file" in mount && mount.executable ? [path] : [])),
  };
}

/** A path of the host as the engine takes it: relative ones are relative to the project's folder. */
export function hostPath(path: string): string {
  return resolve(process.cwd(), path);
}

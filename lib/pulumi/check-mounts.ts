import { stat } from "node:fs/promises";
import { errorText, PhasegateError } from "../core/errors.ts";
import type { Problem } from "../core/problem.ts";
import { describeProblems, placeText } from "../core/problem.ts";
import { answeredSoon, dockerClient } from "../engine/docker-engine.ts";
import { listNetworks } from "../engine/networks.ts";
import type { LifecyclePlan } from "../model/plan.ts";
import { engineName } from "../model/plan.ts";
import { isLocalEngine } from "./check-ports.ts";
import { hostPath } from "./container/mounts.ts";

/**
 * Looks for what a plan mounts and joins of what others have made: host paths, volumes and networks. Host paths of
 * another machine's engine are looked at once the service's image is there, see lib/engine/run-check.ts.
 * @throws PhasegateError PHASEGATE_MOUNT_MISSING with everything that is not there, and who needs it
 */
export async function checkMounts(plan: LifecyclePlan, host: string | undefined): Promise<void> {
  const problems = [
    ...(isLocalEngine(host) ? await hostPathProblems(plan) : []),
    ...(await externalProblems(plan, host)),
  ];
  if (problems.length === 0) return;
  throw new PhasegateError(
    "PHASEGATE_MOUNT_MISSING",
    `nothing was changed: what containers of ${engineName(plan)} need of the engine's machine is not there:\n${describeProblems(problems)}`,
  );
}

/** Every host path of a plan that is not there, or is of the other kind. */
export async function hostPathProblems({ services }: Pick<LifecyclePlan, "services">): Promise<Problem[]> {
  const problems = Object.entries(services).flatMap(([service, { mounts = {} }]) =>
    Object.entries(mounts).map(async ([target, mount]) => {
      const wanted = "hostFile" in mount ? "file" : "hostFolder" in mount ? "folder" : undefined;
      if (wanted === undefined) return [];
      const path = hostPath(
        "hostFile" in mount ? mount.hostFile : "hostFolder" in mount ? mount.hostFolder : "",
      );
      const message = await hostPathProblem(path, wanted);
      return message === undefined
        ? []
        : [{ path: placeText(["services", service, "mounts", target]), message }];
    }),
  );
  return (await Promise.all(problems)).flat();
}

async function hostPathProblem(path: string, wanted: "file" | "folder"): Promise<string | undefined> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    if (isFolder === (wanted === "folder")) return undefined;
    return isFolder
      ? `${path} is a folder of this machine, and hostFile() mounts files: hostFolder() mounts it`
      : `${path} is a file of this machine, and hostFolder() mounts folders: hostFile() mounts it`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // What this user may not look at the engine may mount.
    if (code === "EACCES") return undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return `there is no ${wanted} ${path} on this machine`;
    return `${path} cannot be looked at: ${errorText(error)}`;
  }
}

async function externalProblems(plan: LifecyclePlan, host: string | undefined): Promise<Problem[]> {
  const volumes = needing(plan, ({ mounts = {} }) =>
    Object.entries(mounts).flatMap(([target, mount]) =>
      "externalVolume" in mount ? [[["mounts", target], mount.externalVolume] as const] : [],
    ),
  );
  const networks = needing(plan, ({ externalNetworks = [] }) =>
    externalNetworks.map((name, i) => [["externalNetworks", i], name] as const),
  );
  if (volumes.length === 0 && networks.length === 0) return [];
  const docker = dockerClient(host);
  const there = {
    volumes: new Set(
      (await answeredSoon((soon) => docker.listVolumes({ ...soon }))).Volumes.map(({ Name }) => Name),
    ),
    networks: new Set((await listNetworks(host)).map(({ name }) => name)),
  };
  return [
    ...volumes
      .filter(({ name }) => !there.volumes.has(name))
      .map(({ path, name }) => ({
        path,
        message: `there is no volume ${name} on the engine: "docker volume create ${name}" makes one`,
      })),
    ...networks
      .filter(({ name }) => !there.networks.has(name))
      .map(({ path, name }) => ({
        path,
        message: `there is no network ${name} on the engine: "docker network create ${name}" makes one`,
      })),
  ];
}

type Service = LifecyclePlan["services"][string];

function needing(
  { services }: LifecyclePlan,
  named: (service: Service) => readonly (readonly [readonly PropertyKey[], string])[],
) {
  return Object.entries(services).flatMap(([service, one]) =>
    named(one).map(([at, name]) => ({ path: placeText(["services", service, ...at]), name })),
  );
}

import { posix } from "node:path";
import type Docker from "dockerode";
import { answered, EngineRefusal, unlessMissing } from "./docker-engine.ts";
import { pathStat } from "./path-stat.ts";

/** How a container is to run an image. */
export interface ImageRun {
  readonly entrypoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  /** The variable PATH, where the container sets one of its own. */
  readonly path?: string | undefined;
  /** Where volumes are mounted. */
  readonly mounts: readonly string[];
  /** What of the host is mounted, and where. */
  readonly hostMounts?: readonly HostMount[] | undefined;
  /** The files that are written into the container before it starts. */
  readonly files: readonly string[];
  /** Those of them that may be executed stand here instead. */
  readonly executables?: readonly string[] | undefined;
}

/** A file or a folder of the engine's machine in a container. */
export interface HostMount {
  readonly source: string;
  readonly target: string;
  readonly kind: "file" | "folder";
}

/** As the engine answers: what an image does not say is null, or not there. */
interface ImageConfig {
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly WorkingDir?: string;
}

/** Where the engine looks where neither the image nor the container says. */
const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Finds out what of a run the engine would refuse when it creates or starts the container. It is asked with a container
 * that is never started, and removed.
 * @returns what is wrong, in words; empty where nothing is, and where the image is not on the engine
 */
export async function runProblems(docker: Docker, reference: string, run: ImageRun): Promise<string[]> {
  const image = await unlessMissing(answered(docker.getImage(reference).inspect()));
  if (image === undefined) return [];
  const { Entrypoint, Cmd, Env, WorkingDir } = image.Config as ImageConfig;
  const entrypoint = run.entrypoint ?? Entrypoint ?? [];
  // An entrypoint of the container's own leaves the image's command out.
  const command = run.command ?? (run.entrypoint ? [] : (Cmd ?? []));
  const [program] = [...entrypoint, ...command];
  if (program === undefined)
    return [`neither the declaration nor the image ${reference} says what to run: give it a command`];
  const refused = await mountRefusal(docker, reference, run.mounts);
  if (refused !== undefined) return [refused];
  const ofHost = await hostMountProblems(docker, reference, run.hostMounts ?? []);
  if (ofHost.length > 0) return ofHost;
  const container = await trialContainer(docker, reference, []);
  try {
    const path = run.path ?? Env?.find((text) => text.startsWith("PATH="))?.slice(5);
    const folders = program.includes("/") ? undefined : (path ?? usualPath).split(":");
    const candidates = (folders ?? [WorkingDir || "/"]).map((folder) => posix.resolve("/", folder, program));
    return [
      ...(await mountProblems(container, reference, run)),
      ...(await programProblems(container, reference, program, candidates, run)),
    ];
  } finally {
    await remove(container);
  }
}

/** Why the engine would not create a container with these volumes: two at one place, for instance. */
async function mountRefusal(
  docker: Docker,
  reference: string,
  mounts: readonly string[],
): Promise<string | undefined> {
  if (mounts.length === 0) return undefined;
  try {
    await remove(await trialContainer(docker, reference, mounts));
    return undefined;
  } catch (error) {
    if (error instanceof EngineRefusal && error.statusCode < 500) return error.message;
    throw error;
  }
}

/** A container that is never started. The files of one with volumes cannot be looked at where a volume does not fit. */
function trialContainer(
  docker: Docker,
  reference: string,
  mounts: readonly string[],
  binds: readonly Omit<HostMount, "kind">[] = [],
): Promise<Docker.Container> {
  const options = { NoCopy: true, Labels: {}, DriverConfig: { Name: "", Options: {} } };
  return answered(
    docker.createContainer({
      Image: reference,
      Entrypoint: ["never-started"],
      Labels: { "phasegate.trial": "true" },
      HostConfig: {
        NetworkMode: "none",
        Mounts: [
          ...mounts.map((path) => ({
            ...{ Type: "volume" as const, Source: "", Target: path },
            VolumeOptions: options,
          })),
          ...binds.map(({ source, target }) => ({
            ...{ Type: "bind" as const, Source: source, Target: target },
            ReadOnly: true,
          })),
        ],
      },
    }),
  );
}

/** Its volumes are of its own, and go with it. */
async function remove(container: Docker.Container): Promise<void> {
  await answered(container.remove({ force: true, v: true }));
}

async function mountProblems(
  container: Docker.Container,
  reference: string,
  { mounts, hostMounts = [] }: ImageRun,
): Promise<string[]> {
  const all = [
    ...mounts.map((path) => ({ path, what: "a volume", kind: "folder" })),
    ...hostMounts.map(({ target, source, kind }) => ({ path: target, what: `the ${kind} ${source}`, kind })),
  ];
  const stats = await Promise.all(
    all.map(async (mount) => ({ ...mount, stat: await pathStat(container, mount.path) })),
  );
  return stats.flatMap(({ path, what, kind, stat }) => {
    if (stat === undefined) return [];
    const there = stat.kind === "file" ? "file" : "folder";
    return there === kind
      ? []
      : [`${what} cannot be mounted at ${path}: that is a ${there} in the image ${reference}`];
  });
}

/** Where the host's paths are looked at, whatever the image has there. */
const lookedAt = "/phasegate-mounted";

/**
 * What the engine's machine has at the paths that are to be mounted, seen through a container that mounts them
 * elsewhere: the engine may be another machine's.
 */
async function hostMountProblems(
  docker: Docker,
  reference: string,
  mounts: readonly HostMount[],
): Promise<string[]> {
  const problems = mounts.map(async ({ source, target, kind }) => {
    try {
      const container = await trialContainer(docker, reference, [], [{ source, target: lookedAt }]);
      try {
        const stat = await pathStat(container, lookedAt);
        const there = stat?.kind === "directory" ? "folder" : "file";
        return stat === undefined || there === kind
          ? []
          : [
              `the ${kind} ${source} cannot be mounted at ${target}: on the engine's machine that is a ${there}`,
            ];
      } finally {
        await remove(container);
      }
    } catch (error) {
      if (error instanceof EngineRefusal && error.statusCode < 500)
        return [`the ${kind} ${source} cannot be mounted at ${target}: ${error.message}`];
      throw error;
    }
  });
  return (await Promise.all(problems)).flat();
}

async function programProblems(
  container: Docker.Container,
  reference: string,
  program: string,
  candidates: readonly string[],
  { mounts, hostMounts = [], files, executables = [] }: ImageRun,
): Promise<string[]> {
  let denied: string | undefined;
  for (const path of candidates) {
    // What a volume holds nobody knows before it is mounted.
    const mounted = [...mounts, ...hostMounts.map(({ target }) => target)];
    if (mounted.some((mount) => path.startsWith(`${posix.normalize(mount).replace(/\/$/, "")}/`))) return [];
    if (hostMounts.some(({ target }) => posix.normalize(target) === path)) return [];
    if (executables.includes(path)) return [];
    if (files.includes(path)) {
      denied ??= `${path} is written by the declaration, and may not be executed: run it by its interpreter, as in ["sh", "${path}"]`;
      continue;
    }
    const stat = await pathStat(container, path);
    if (stat?.kind === "file" && stat.executable) return [];
    if (stat !== undefined)
      denied ??= `${path} of the image ${reference} is ${stat.kind === "file" ? "a file that may not be executed" : "a directory"}`;
  }
  const shell = /\s/.test(program) ? "; a command is a list of words, without quotes of a shell" : "";
  return [
    denied ?? `the image ${reference} has no command "${program}"${searched(program, candidates)}${shell}`,
  ];
}

function searched(program: string, candidates: readonly string[]): string {
  if (candidates.length === 1 && candidates[0] === program) return "";
  return `: there is no ${candidates.length > 2 ? `${candidates.slice(0, 2).join(", ")} … or ${candidates.at(-1)}` : candidates.join(" or ")}`;
}

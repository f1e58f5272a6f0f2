/** What a container finds at paths of its own: files and folders of the host, memory, and volumes. */
import { z } from "zod";
import { exactObject, textThat } from "../../core/schema-parts.ts";
import type { Size } from "../../core/size.ts";
import { made } from "../made.ts";
import type { ProjectSources } from "../sources.ts";
import { sourceOf } from "../sources.ts";
import { projectPathSchema } from "./environment.ts";

/** A file of the engine's machine. Made by `hostFile()`. */
export interface HostFileMount {
  readonly hostFile: string;
  readonly writable?: boolean;
}

/** A folder of the engine's machine. Made by `hostFolder()`. */
export interface HostFolderMount {
  readonly hostFolder: string;
  readonly writable?: boolean;
}

/** A small text file of the project. Made by `file()`. */
export interface FileMount {
  readonly file: string;
  readonly executable?: boolean;
}

/** What a file system in memory takes. */
export interface TmpfsOptions {
  /** How much it holds at most. Default: the engine's own, half of the machine's memory. */
  readonly size?: Size;
  /** The permissions of its folder, in octal digits. Default: "1777", everybody may write. */
  readonly mode?: string;
}

/** A file system in memory. Made by `tmpfs()`. */
export interface TmpfsMount {
  readonly tmpfs: TmpfsOptions;
}

/** A volume of the stack that several services may share. Made by `volume()`. */
export interface VolumeMount {
  readonly volume: string;
  readonly readOnly?: boolean;
}

/** A volume that is there already, and that the stack only uses. Made by `externalVolume()`. */
export interface ExternalVolumeMount {
  readonly externalVolume: string;
  readonly readOnly?: boolean;
}

/** What is mounted at a path of a container. */
export type Mount =
  HostFileMount | HostFolderMount | FileMount | TmpfsMount | VolumeMount | ExternalVolumeMount;

/** What a service of every kind may say of its mounts. */
export interface MountOptions {
  /**
   * What the container finds at paths of its own:
   * `{ "/etc/nginx/nginx.conf": hostFile("ops/nginx.conf"), "/uploads": volume("uploads") }`. Default: none.
   */
  readonly mounts?: Readonly<Record<`/${string}`, Mount>>;
}

/**
 * Mounts a file of the engine's machine. What is changed in it there is changed in the container, which is neither
 * replaced nor restarted; an editor that writes a new file in its place leaves the container with the old one.
 * @param path absolute, or relative to the project's folder
 * @param options `writable` lets the container change the host's file. Default false.
 * @example mounts: { "/etc/nginx/nginx.conf": hostFile("ops/nginx.conf") }
 */
export function hostFile(path: string, options?: { readonly writable?: boolean }): HostFileMount {
  return made({ hostFile: path }, options);
}

/**
 * Mounts a folder of the engine's machine.
 * @param path absolute, or relative to the project's folder
 * @param options `writable` lets the container change what is in it. Default false.
 * @example mounts: { "/srv/data": hostFolder("./data", { writable: true }) }
 */
export function hostFolder(path: string, options?: { readonly writable?: boolean }): HostFolderMount {
  return made({ hostFolder: path }, options);
}

/**
 * Copies a small text file of the project into the container before it starts, instead of mounting it: the engine may
 * be another machine's. The plan has a hash of it, so that another text replaces the container. It stands in Pulumi's
 * state in plain text: what holds a secret belongs into `files`.
 * @param path relative to the project's folder; at most 256 KiB of UTF-8
 * @param options `executable` lets everybody execute it. Default false.
 * @example mounts: { "/etc/nginx/nginx.conf": file("ops/nginx.conf") }
 */
export function file(path: string, options?: { readonly executable?: boolean }): FileMount {
  return made({ file: path }, options);
}

/**
 * Mounts a file system in memory: it is empty when the container starts, and gone when it stops.
 * @example mounts: { "/tmp": tmpfs({ size: "64mb", mode: "1777" }) }
 */
export function tmpfs(options: TmpfsOptions = {}): TmpfsMount {
  return { tmpfs: options };
}

/**
 * Mounts a volume of the stack. Services that name the same one share it; it outlives the containers and the stack.
 * @param options `readOnly` keeps this service from changing it. Default false.
 * @example mounts: { "/srv/uploads": volume("uploads", { readOnly: true }) }
 */
export function volume(name: string, options?: { readonly readOnly?: boolean }): VolumeMount {
  return made({ volume: name }, options);
}

/**
 * Mounts a volume that somebody else has made, by its real name on the engine. It must be there before anything of
 * the stack is created; the stack never creates, labels or deletes it.
 * @param options `readOnly` keeps this service from changing it. Default false.
 * @example mounts: { "/var/lib/models": externalVolume("models", { readOnly: true }) }
 */
export function externalVolume(name: string, options?: { readonly readOnly?: boolean }): ExternalVolumeMount {
  return made({ externalVolume: name }, options);
}

const absolutePath = /^\/[^\0]*$/;

/** Accepts a path in a container at which something can be mounted. */
export const mountPathSchema = textThat(
  // A colon would begin an option of the engine's.
  (path) => absolutePath.test(path) && !path.includes(":") && !/^\/[./]*$/.test(path),
  'an absolute path such as "/var/lib/postgresql/data"',
);

const hostPathSchema = textThat(
  (path) => path !== "" && !/[\0:]/.test(path),
  'a path on the engine\'s machine such as "ops/nginx.conf" or "/srv/data"',
);
const volumeNameSchema = textThat(
  (name) => /^[a-z][a-z0-9-]{0,62}$/.test(name),
  "a volume's name of lower-case letters, digits and dashes that begins with a letter",
);
/** A name as the engine has it of what others have made. */
export const engineObjectNameSchema = textThat(
  (name) => /^[a-zA-Z0-9][\w.-]{0,254}$/.test(name),
  'a name on the engine such as "proxy_data"',
);
const sizeSchema = textThat(
  (text) => /^[1-9]\d{0,8}(?:kb|mb|gb)$/.test(text),
  'an amount of memory such as "64mb"',
);
const modeSchema = textThat((text) => /^[0-7]{3,4}$/.test(text), 'permissions in octal such as "1777"');

const tmpfsSchema = exactObject({ size: sizeSchema.optional(), mode: modeSchema.optional() });

/** Each form of a mount by itself, as it is declared. */
export const declaredMountSchemas = {
  hostFile: exactObject({ hostFile: hostPathSchema, writable: z.boolean().optional() }),
  hostFolder: exactObject({ hostFolder: hostPathSchema, writable: z.boolean().optional() }),
  file: exactObject({ file: projectPathSchema, executable: z.boolean().optional() }),
  tmpfs: exactObject({ tmpfs: tmpfsSchema }),
  volume: exactObject({ volume: volumeNameSchema, readOnly: z.boolean().optional() }),
  externalVolume: exactObject({ externalVolume: engineObjectNameSchema, readOnly: z.boolean().optional() }),
} as const;

const declaredMountSchema = z.union(
  [
    declaredMountSchemas.hostFile,
    declaredMountSchemas.hostFolder,
    declaredMountSchemas.file,
    declaredMountSchemas.tmpfs,
    declaredMountSchemas.volume,
    declaredMountSchemas.externalVolume,
  ],
  { error: "must be made by hostFile(), hostFolder(), file(), tmpfs(), volume() or externalVolume()" },
);

/** The key `mounts` of a service, as it is declared. */
export const declaredMounts = {
  mounts: z
    .record(mountPathSchema, declaredMountSchema, {
      error:
        'must be an object of mounts by path, such as { "/etc/nginx/nginx.conf": hostFile("ops/nginx.conf") }',
    })
    .optional(),
};

const plannedMountSchema = z.union([
  z.strictObject({ hostFile: z.string(), writable: z.boolean() }),
  z.strictObject({ hostFolder: z.string(), writable: z.boolean() }),
  z.strictObject({ file: z.string(), sha256: z.string(), executable: z.boolean() }),
  z.strictObject({ tmpfs: z.strictObject({ size: z.string().optional(), mode: z.string().optional() }) }),
  z.strictObject({ volume: z.string(), readOnly: z.boolean() }),
  z.strictObject({ externalVolume: z.string(), readOnly: z.boolean() }),
]);
/** A mount as a plan has it. Paths of the host are as they are declared: a plan is the same on every machine. */
export type PlannedMount = z.infer<typeof plannedMountSchema>;

/** The key `mounts` of a service in a plan. */
export const plannedMounts = {
  /** What is mounted, by path in the container. */
  mounts: z.record(z.string(), plannedMountSchema).optional(),
};

/** The mounts of a service as a plan says them: nothing where it has none. */
export function resolveMounts(
  { mounts }: MountOptions,
  sources: ProjectSources,
): { readonly mounts?: Record<string, PlannedMount> } {
  const entries = Object.entries(mounts ?? {});
  if (entries.length === 0) return {};
  return { mounts: Object.fromEntries(entries.map(([path, mount]) => [path, resolveMount(mount, sources)])) };
}

function resolveMount(mount: Mount, { files }: ProjectSources): PlannedMount {
  if ("hostFile" in mount) return { hostFile: mount.hostFile, writable: mount.writable ?? false };
  if ("hostFolder" in mount) return { hostFolder: mount.hostFolder, writable: mount.writable ?? false };
  if ("file" in mount) {
    const read = sourceOf(files, mount.file);
    if ("problem" in read) throw new Error(`${mount.file} was not checked`);
    return { file: mount.file, sha256: read.sha256, executable: mount.executable ?? false };
  }
  if ("tmpfs" in mount) return { tmpfs: { ...mount.tmpfs } };
  if ("volume" in mount) return { volume: mount.volume, readOnly: mount.readOnly ?? false };
  return { externalVolume: mount.externalVolume, readOnly: mount.readOnly ?? false };
}

/** The names of the volumes that services of a plan share, each once. */
export function sharedVolumes(
  services: Readonly<
    Record<string, { readonly mounts?: Readonly<Record<string, PlannedMount>> | undefined }>
  >,
): string[] {
  const names = Object.values(services).flatMap(({ mounts = {} }) =>
    Object.values(mounts).flatMap((mount) => ("volume" in mount ? [mount.volume] : [])),
  );
  return [...new Set(names)].sort();
}

/** Where files of the project are written into a container. */
export function copiedPaths({ mounts = {} }: MountOptions): string[] {
  return Object.entries(mounts).flatMap(([path, mount]) => ("file" in mount ? [path] : []));
}

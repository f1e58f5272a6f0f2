/** What runs in a container, and on what. `init`, `entrypoint` and `command` are options of the service itself. */
import { z } from "zod";
import { mapValues } from "../../core/record.ts";
import { textThat } from "../../core/schema-parts.ts";
import type { MountOptions } from "./mounts.ts";
import type { ReportWithin } from "./report-within.ts";

/** The signals that end processes, or that servers take for such. */
const stopSignals = [
  "SIGTERM",
  "SIGINT",
  "SIGQUIT",
  "SIGHUP",
  "SIGKILL",
  "SIGUSR1",
  "SIGUSR2",
  "SIGWINCH",
  "SIGRTMIN+3",
] as const;

/** What runs in a container, and on what. A change of any of these replaces the container. */
export interface ProcessOptions {
  /** The user, and perhaps the group, that its process runs as: "app", "1000:1000". Default: the image's. (`user` is a database's.) */
  readonly runAs?: string;
  /** The folder that its process starts in. Default: the image's. */
  readonly workingDir?: `/${string}`;
  /**
   * Whether its file system may not be written to, but for its mounts. The engine writes `files` into no such container
   * but onto its volumes. Default false.
   */
  readonly readOnly?: boolean;
  /** The signal that asks it to end: "SIGQUIT". After `grace` comes SIGKILL. Default: the image's, or else "SIGTERM". */
  readonly stopSignal?: (typeof stopSignals)[number];
  /** What its process takes for the name of its machine. Others reach it by the service's name all the same. Default: the container's id. */
  readonly hostname?: string;
  /** Settings of the kernel that a container has for itself, by name: `{ "net.core.somaxconn": 1024 }`. Default: the engine's. */
  readonly sysctls?: Readonly<Record<string, string | number>>;
  /** Labels of your own, for tools that read them. Those that begin with "phasegate." are the stack's. */
  readonly labels?: Readonly<Record<string, string>>;
}

const ownSysctls = /^(?:net\..+|kernel\.(?:shm\w+|msg\w+|sem)|fs\.mqueue\..+)$/;

/** Accepts what a service says of its process. */
export const declaredProcessSchemas = {
  runAs: textThat(
    (user) => /^[\w][\w.-]*(?::[\w][\w.-]*)?$/.test(user),
    'a user, or a user and a group, such as "app" or "1000:1000"',
  ).optional(),
  workingDir: textThat((path) => /^\/[^\0]*$/.test(path), 'an absolute path such as "/srv/app"').optional(),
  readOnly: z.boolean().optional(),
  stopSignal: textThat(
    (signal) => stopSignals.some((one) => one === signal),
    `a signal by its name: ${stopSignals.join(", ")}`,
  ).optional(),
  hostname: textThat(
    (name) =>
      name.length <= 63 &&
      name.split(".").every((part) => /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(part)),
    'a host name such as "mail" of 63 characters at most',
  ).optional(),
  sysctls: z
    .record(
      z.string().regex(ownSysctls, {
        error:
          "a container has net.*, kernel.shm*, kernel.msg*, kernel.sem and fs.mqueue.* for itself, and no other setting",
      }),
      z.union([z.string().min(1), z.int()], { error: "must be a text or a whole number" }),
      { error: 'must be an object such as { "net.core.somaxconn": 1024 }' },
    )
    .optional(),
  labels: z
    .record(
      z
        .string()
        .min(1, { error: "a label's name must not be empty" })
        .refine((label) => !/^phasegate\./.test(label), {
          error: 'labels that begin with "phasegate." are the stack\'s own',
        }),
      z.string({ error: "must be a text" }),
      { error: "must be an object of texts" },
    )
    .optional(),
};

/** What is planned of a container's process. */
export const processPlanSchemas = {
  runAs: z.string().optional(),
  workingDir: z.string().optional(),
  readOnly: z.literal(true).optional(),
  stopSignal: z.string().optional(),
  hostname: z.string().optional(),
  sysctls: z.record(z.string(), z.string()).optional(),
  labels: z.record(z.string(), z.string()).optional(),
};

/** Where the engine writes files into a container that is not started yet, though its file system is read-only. */
export function foldersMounted({
  volumes = {},
  mounts = {},
}: MountOptions & { readonly volumes?: Readonly<Record<string, string>> }): readonly string[] {
  const folders = Object.entries(mounts).filter(
    ([, mount]) => "volume" in mount || "externalVolume" in mount || "hostFolder" in mount,
  );
  return [...Object.values(volumes), ...folders.map(([path]) => path)];
}

/**
 * Reports what the engine would not do.
 * @param files all that are written into the container, by path
 * @param mounted where volumes are mounted
 */
export function checkProcess(
  { readOnly = false }: ProcessOptions,
  { files, mounted }: { readonly files: readonly string[]; readonly mounted: readonly string[] },
  report: ReportWithin,
): void {
  const isMounted = (file: string) => mounted.some((path) => file.startsWith(`${path.replace(/\/+$/, "")}/`));
  const [file] = files.filter((one) => !isMounted(one));
  if (readOnly && file !== undefined)
    report(
      ["readOnly"],
      `the engine could not write ${file}: it writes into such a container onto its volumes only`,
    );
}

export function resolveProcess(options: ProcessOptions) {
  const { runAs, workingDir, readOnly = false, stopSignal, hostname, sysctls, labels } = options;
  return {
    ...(runAs !== undefined && { runAs }),
    ...(workingDir !== undefined && { workingDir }),
    ...(readOnly && { readOnly: true as const }),
    ...(stopSignal !== undefined && { stopSignal }),
    ...(hostname !== undefined && { hostname }),
    ...(sysctls && { sysctls: mapValues(sysctls, String) }),
    ...(labels && { labels: { ...labels } }),
  };
}

/** What a container may do on the engine's machine. */
import { z } from "zod";
import { mapValues } from "../../core/record.ts";
import { exactObject, textThat } from "../../core/schema-parts.ts";
import type { ReportWithin } from "./report-within.ts";

/** The rights that capabilities(7) divides root's into, and that the engine can give or take. */
export const capabilityNames = [
  "AUDIT_CONTROL",
  "AUDIT_READ",
  "AUDIT_WRITE",
  "BLOCK_SUSPEND",
  "BPF",
  "CHECKPOINT_RESTORE",
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "IPC_LOCK",
  "IPC_OWNER",
  "KILL",
  "LEASE",
  "LINUX_IMMUTABLE",
  "MAC_ADMIN",
  "MAC_OVERRIDE",
  "MKNOD",
  "NET_ADMIN",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_RAW",
  "PERFMON",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYSLOG",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_CHROOT",
  "SYS_MODULE",
  "SYS_NICE",
  "SYS_PACCT",
  "SYS_PTRACE",
  "SYS_RAWIO",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "WAKE_ALARM",
] as const;
export type Capability = (typeof capabilityNames)[number];

/** Rights that a container has besides the engine's usual ones, and those of them that it has not. */
export interface Capabilities {
  readonly add?: readonly Capability[];
  /** `["all"]` leaves it those that are added, and no other: most applications need none. */
  readonly drop?: readonly Capability[] | readonly ["all"];
}

/** A setting of what confines a container. */
export type SecurityOption = "seccomp=unconfined" | `apparmor=${string}` | `label=${string}`;

/** A device of the machine: its path there, and what may be done with it, "r", "w" and "m" (mknod). Default "rwm". */
export type Device = `/dev/${string}` | { readonly host: `/dev/${string}`; readonly permissions?: string };

/** What a container may do on the engine's machine. A change of any of these replaces the container. */
export interface PrivilegeOptions {
  /** Default: the engine's usual rights. */
  readonly capabilities?: Capabilities;
  /** Besides "no-new-privileges", which every container has. Default: none. */
  readonly securityOptions?: readonly SecurityOption[];
  /** Devices of the machine, by their path in the container: `{ "/dev/fuse": "/dev/fuse" }`. Default: none. */
  readonly devices?: Readonly<Record<`/dev/${string}`, Device>>;
  /** The GPUs that it may use: all, so many, or those with these ids. The engine needs the vendor's runtime. Default: none. */
  readonly gpus?: "all" | number | readonly string[];
}

const capabilitySchema = textThat(
  (text) => capabilityNames.some((one) => one === text),
  'a capability by its name, such as "NET_BIND_SERVICE"',
);
const devicePath = textThat(
  (path) => /^\/dev\/[^\0:]+$/.test(path),
  'the path of a device such as "/dev/fuse"',
);
const securityError = 'must be a list of options such as ["seccomp=unconfined"]';
const gpusError = 'must be "all", how many, or a list of ids';

/** Accepts what a service says of its privileges. */
export const declaredPrivilegeSchemas = {
  capabilities: exactObject(
    {
      add: z.array(capabilitySchema, { error: "must be a list of capabilities" }).min(1).optional(),
      drop: z
        .union([z.tuple([z.literal("all")]), z.array(capabilitySchema).min(1)], {
          error: 'must be ["all"], or a list of capabilities such as ["NET_RAW"]',
        })
        .optional(),
    },
    'must be an object such as { drop: ["all"], add: ["NET_BIND_SERVICE"] }',
  ).optional(),
  securityOptions: z
    .array(
      textThat(
        (text) => /^(?:seccomp=unconfined|apparmor=[\w./-]+|label=[\w.:=-]+)$/.test(text),
        'an option such as "seccomp=unconfined", "apparmor=PROFILE" or "label=disable"',
      ),
      { error: securityError },
    )
    .min(1, { error: securityError })
    .optional(),
  devices: z
    .record(
      z
        .string()
        .regex(/^\/dev\/[^\0:]+$/, { error: 'a device\'s path in the container is one such as "/dev/fuse"' }),
      z.union(
        [
          devicePath,
          exactObject({
            host: devicePath,
            permissions: textThat(
              (text) => /^(?!.*(.).*\1)[rwm]{1,3}$/.test(text),
              'permissions such as "rw"',
            ).optional(),
          }),
        ],
        {
          error:
            'must be the path of a device such as "/dev/fuse", or { host: "/dev/fuse", permissions: "rw" }',
        },
      ),
      { error: "must be an object of devices by path" },
    )
    .optional(),
  gpus: z
    .union(
      [
        z.literal("all"),
        z.int().min(1),
        z.array(textThat((id) => /^[\w-]+$/.test(id), 'the id of a GPU such as "0"')).min(1),
      ],
      { error: gpusError },
    )
    .optional(),
};

const names = z.array(z.string()).optional();

/** What is planned of privileges. */
export const privilegePlanSchemas = {
  capabilities: z.strictObject({ add: names, drop: names }).optional(),
  securityOptions: z.array(z.string()).min(1).optional(),
  devices: z.record(z.string(), z.strictObject({ host: z.string(), permissions: z.string() })).optional(),
  gpus: z.union([z.literal("all"), z.int(), z.array(z.string())]).optional(),
};

/** Reports what does not go together. */
export function checkPrivileges({ capabilities = {} }: PrivilegeOptions, report: ReportWithin): void {
  const { add = [], drop = [] } = capabilities;
  add.forEach((name, i) => {
    if ((drop as readonly string[]).includes(name))
      report(["capabilities", "add", i], `${name} is dropped as well`);
  });
}

export function resolvePrivileges({ capabilities, securityOptions, devices, gpus }: PrivilegeOptions) {
  const { add, drop } = capabilities ?? {};
  return {
    ...((add ?? drop) && {
      capabilities: { ...(add && { add: [...add] }), ...(drop && { drop: [...drop] }) },
    }),
    ...(securityOptions && { securityOptions: [...securityOptions] }),
    ...(devices && {
      devices: mapValues(devices as Record<string, Device>, (device) => {
        const { host, permissions = "rwm" } = typeof device === "string" ? { host: device } : device;
        return { host, permissions };
      }),
    }),
    ...(gpus !== undefined && {
      gpus: typeof gpus === "object" ? [...gpus] : gpus,
    }),
  };
}

/** What a container may use of the engine's machine. */
import { z } from "zod";
import { mapValues } from "../../core/record.ts";
import { exactObject, wholeNumber } from "../../core/schema-parts.ts";
import type { Size } from "../../core/size.ts";
import { sizeBytes, sizeSchema, wholeMegabytes } from "../../core/size.ts";
import type { ReportWithin } from "./report-within.ts";

/** The limits of the kernel's setrlimit(2) that the engine can set. */
export const ulimitNames = [
  "core",
  "cpu",
  "data",
  "fsize",
  "locks",
  "memlock",
  "msgqueue",
  "nice",
  "nofile",
  "nproc",
  "rss",
  "rtprio",
  "rttime",
  "sigpending",
  "stack",
] as const;
export type UlimitName = (typeof ulimitNames)[number];

/** One limit, or a soft one that a process may raise up to the hard one. */
export type Ulimit =
  number | "unlimited" | { readonly soft: number | "unlimited"; readonly hard: number | "unlimited" };

/**
 * What a container may use of the engine's machine. What is not said is not limited.
 * @example { memory: "512mb", ulimits: { nofile: 65_536 } }
 * @see https://docs.docker.com/engine/containers/resource_constraints/
 */
export interface Resources {
  /** The memory that it may use, from "6mb" on. Past it the kernel ends a process of the container. Changed in place. */
  readonly memory?: Size;
  /**
   * How much it may swap out besides `memory`: "0mb" for none, "unlimited" for as much as the machine has. Of use with
   * `memory` only. Default: as much as `memory`, which is the engine's. Changed in place.
   */
  readonly swap?: Size | "unlimited";
  /** The memory to which the kernel pushes it back when the machine has too little; not more than `memory`. Changed in place. */
  readonly memoryReservation?: Size;
  /** How many CPUs it may use at a time, from 0.01 on: 1.5. Past it, it waits. Changed in place. */
  readonly cpus?: number;
  /** How many processes and threads it may have at a time. Past it, it cannot begin another one. Changed in place. */
  readonly pids?: number;
  /** The size of /dev/shm, from "1mb" on. Default: the engine's, which is "64mb". A change replaces the container. */
  readonly shmSize?: Size;
  /** Limits of each process, by name: `{ nofile: 65_536 }`. Default: the engine's. A change replaces the container. */
  readonly ulimits?: Readonly<Partial<Record<UlimitName, Ulimit>>>;
}

const noUlimit = "unlimited";
const ulimitError = 'must be a whole number from 0 on, or "unlimited"';
const ulimitValue = z.union(
  [z.int({ error: ulimitError }).min(0, { error: ulimitError }), z.literal(noUlimit)],
  {
    error: ulimitError,
  },
);
const cpusError = "must be a number of CPUs from 0.01 on, such as 1.5";
const swap = wholeMegabytes("0mb", "256mb");

/** Accepts what a service says of its resources. */
export const declaredResourcesSchema = exactObject(
  {
    memory: wholeMegabytes("6mb", "512mb").optional(),
    swap: z
      .custom<Size | "unlimited">((value) => value === noUlimit || swap.safeParse(value).success, {
        error: 'must be a size in whole megabytes such as "256mb", "0mb" for none, or "unlimited"',
      })
      .optional(),
    memoryReservation: wholeMegabytes("1mb", "256mb").optional(),
    cpus: z
      .number({ error: cpusError })
      .min(0.01, { error: cpusError })
      .max(10_000, { error: cpusError })
      .optional(),
    pids: wholeNumber(1, 4_194_304).optional(),
    shmSize: wholeMegabytes("1mb", "256mb").optional(),
    ulimits: exactObject(
      Object.fromEntries(
        ulimitNames.map((name) => [
          name,
          z
            .union([ulimitValue, exactObject({ soft: ulimitValue, hard: ulimitValue })], {
              error: 'must be a whole number, "unlimited", or an object such as { soft: 1024, hard: 65536 }',
            })
            .optional(),
        ]),
      ),
      "must be an object such as { nofile: 65536 }",
    ).optional(),
  },
  'must be an object such as { memory: "512mb" }',
);

const ulimit = z.int().min(-1);

/** The limits that can change while a container runs. */
export const limitsPlanSchema = z.strictObject({
  memory: sizeSchema.optional(),
  swap: z.union([sizeSchema, z.literal("unlimited")]).optional(),
  memoryReservation: sizeSchema.optional(),
  cpus: z.number().min(0.01).optional(),
  pids: z.int().min(1).optional(),
});
export type LimitsPlan = z.infer<typeof limitsPlanSchema>;

/** A container's resources in a plan. A ulimit of -1 is none. */
export const resourcesPlanSchema = z.strictObject({
  ...limitsPlanSchema.shape,
  shmSize: sizeSchema.optional(),
  ulimits: z.record(z.string(), z.strictObject({ soft: ulimit, hard: ulimit })).optional(),
});
export type ResourcesPlan = z.infer<typeof resourcesPlanSchema>;

/** Reports what does not go together. */
export function checkResources({ memory, ...rest }: Resources, report: ReportWithin): void {
  if (memory === undefined && rest.swap !== undefined)
    report(["swap"], "bounds nothing without memory: give that a limit, too");
  if (memory !== undefined && rest.memoryReservation !== undefined) {
    if (sizeBytes(rest.memoryReservation) > sizeBytes(memory))
      report(["memoryReservation"], `is more than the limit, ${memory}`);
  }
  // Another key is a problem of its own, and its value may be anything.
  for (const name of ulimitNames) {
    const limit = rest.ulimits?.[name];
    if (limit === undefined) continue;
    const { soft, hard } = resolveUlimit(limit);
    if (hard !== -1 && (soft > hard || soft === -1))
      report(["ulimits", name], "the soft limit is more than the hard one");
  }
}

/** In a plan nothing is implicit: with a limit of its memory stands how much may be swapped out. */
export function resolveResources({
  ulimits,
  ...resources
}: Resources): Pick<{ resources: ResourcesPlan }, "resources"> | undefined {
  const { memory, swap = memory } = resources;
  const resolved = {
    ...resources,
    ...(swap !== undefined && { swap }),
    ...(ulimits && { ulimits: mapValues(ulimits as Record<string, Ulimit>, resolveUlimit) }),
  };
  return Object.keys(resolved).length === 0 ? undefined : { resources: resolved };
}

function resolveUlimit(limit: Ulimit): { readonly soft: number; readonly hard: number } {
  const { soft, hard } = typeof limit === "object" ? limit : { soft: limit, hard: limit };
  return { soft: soft === noUlimit ? -1 : soft, hard: hard === noUlimit ? -1 : hard };
}

/** What the engine changes in a container and does not take away again: without it, there is another container. */
export const irrevocableLimits = [
  "memory",
  "memoryReservation",
  "cpus",
] as const satisfies readonly (keyof LimitsPlan)[];

/** Of a container's resources, the limits that can change while it runs. */
export function limitsOf(resources: ResourcesPlan): LimitsPlan | undefined {
  const { memory, swap, memoryReservation, cpus, pids } = resources;
  const limits = Object.entries({ memory, swap, memoryReservation, cpus, pids });
  const said = limits.filter(([, limit]) => limit !== undefined);
  return said.length === 0 ? undefined : Object.fromEntries(said);
}

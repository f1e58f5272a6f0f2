import type { ContainerLimits } from "../../core/container-limits.ts";
import { sizeBytes } from "../../core/size.ts";
import type { LimitsPlan } from "../../model/container/resources.ts";

/** A limit of a container that is another one than was applied. */
export interface LimitDrift {
  /** What it has, in words: "a memory limit of 96 MiB instead of 512 MiB". */
  readonly text: string;
  /** What sets it as it was applied: "docker update --memory 512m". Absent where the engine takes no limit of this kind away. */
  readonly update?: string;
}

/**
 * Where the limits of a container, which `docker update` can change while it runs, are not those that were applied. How
 * much it may swap is not compared: that depends on what the engine's machine can bound.
 */
export function limitDrift(applied: LimitsPlan, actual: ContainerLimits): readonly LimitDrift[] {
  const { memory, swap, memoryReservation, cpus, pids } = applied;
  const total =
    memory === undefined || swap === undefined || swap === "unlimited"
      ? "-1"
      : `${mib(sizeBytes(memory) + sizeBytes(swap))}m`;
  return [
    ...compared("memory limit", mibText, memory && sizeBytes(memory), actual.memory, (bytes) =>
      update(`--memory ${mib(bytes)}m --memory-swap ${total}`),
    ),
    ...compared(
      "memory reservation",
      mibText,
      memoryReservation && sizeBytes(memoryReservation),
      actual.memoryReservation,
      (bytes) => update(`--memory-reservation ${mib(bytes)}m`),
    ),
    ...compared("limit of its CPUs", String, cpus, actual.cpus, (limit) => update(`--cpus ${limit}`)),
    ...compared("limit of its processes", String, pids, actual.pids, (limit) =>
      update(`--pids-limit ${limit}`),
    ),
  ];
}

function compared(
  what: string,
  textOf: (limit: number) => string,
  applied: number | undefined | "",
  actual: number | undefined,
  updateTo: (limit: number) => string,
): LimitDrift[] {
  if (applied === undefined || applied === "")
    return actual === undefined ? [] : [{ text: `a ${what} of ${textOf(actual)}` }];
  if (actual === applied) return [];
  const instead = textOf(applied);
  const text =
    actual === undefined
      ? `no ${what} instead of one of ${instead}`
      : `a ${what} of ${textOf(actual)} instead of ${instead}`;
  return [{ text, update: updateTo(applied) }];
}

function update(options: string): string {
  return `docker update ${options}`;
}

function mib(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

function mibText(bytes: number): string {
  return `${mib(bytes)} MiB`;
}

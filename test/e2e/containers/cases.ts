import type { Json } from "../../../lib/core/json.ts";
import { sizeBytes } from "../../../lib/core/size.ts";
import type { Value } from "../../../lib/review/differences.ts";

/** One option of a container: two values, where the engine shows it, and what a change of it does. */
export interface ContainerCase {
  /** The place in a declaration. */
  readonly at: string;
  readonly first: Json;
  readonly second: Json;
  /** The place in what the engine says of the container. */
  readonly place: string;
  /** What stands there for a declared value. */
  readonly seen: (declared: Value) => unknown;
  readonly change: "update" | "replace";
}

const mib = (size: Value) => sizeBytes(size as string);

export const containerCases: readonly ContainerCase[] = [
  {
    at: "resources.memory",
    ...{ first: "128mb", second: "160mb" },
    ...{ place: "HostConfig.Memory", seen: mib, change: "update" },
  },
  {
    at: "resources.swap",
    ...{ first: "32mb", second: "64mb" },
    place: "HostConfig.MemorySwap",
    seen: (swap) => (swap === "32mb" ? mib("160mb") : mib("224mb")),
    change: "update",
  },
  {
    at: "resources.memoryReservation",
    ...{ first: "64mb", second: "80mb" },
    ...{ place: "HostConfig.MemoryReservation", seen: mib, change: "update" },
  },
  {
    at: "resources.shmSize",
    ...{ first: "32mb", second: "48mb" },
    ...{ place: "HostConfig.ShmSize", seen: mib, change: "replace" },
  },
  {
    at: "resources.ulimits.nofile",
    ...{ first: 4096, second: { soft: 2048, hard: 8192 } },
    place: "HostConfig.Ulimits",
    seen: (limit) => [
      typeof limit === "number"
        ? { Name: "nofile", Soft: limit, Hard: limit }
        : { Name: "nofile", Soft: 2048, Hard: 8192 },
    ],
    change: "replace",
  },
];

import type { Report } from "../read/note.ts";
import { composeBytes } from "../read/compose-bytes.ts";
import type { Kinded } from "./kinds.ts";
import type { PlainOption } from "./translation.ts";

const megabyte = 1024 ** 2;
/** The limits of setrlimit(2) that a declaration can say. */
const ulimits = new Set(
  "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(
    " ",
  ),
);

/** What a service may use of the machine, by its own attributes or by those of `deploy`. Undefined where nothing is said. */
export function resourcesOf({ name, service }: Kinded, note: Report): PlainOption | undefined {
  const { limits = {}, reservations = {} } = (service.deploy?.resources ?? {}) as Record<
    string,
    Record<string, unknown>
  >;
  for (const [kind, said] of Object.entries({ limits, reservations }))
    for (const key of Object.keys(said).filter((one) => one !== "memory" && !one.startsWith("x-")))
      // The same is said once where an attribute of the service says it, too.
      if (service[key] === undefined)
        note("lost", `services.${name}.deploy.resources.${kind}.${key}`, "only memory is limited");
  const memory = size("mem_limit", service["mem_limit"] ?? limits["memory"], 6);
  const resources = {
    memory,
    swap: memory === undefined ? undefined : swapOf(),
    memoryReservation: size("mem_reservation", service["mem_reservation"] ?? reservations["memory"], 1),
    shmSize: size("shm_size", service["shm_size"], 1),
    ulimits: ulimitsOf(),
  };
  return Object.values(resources).every((value) => value === undefined) ? undefined : resources;

  /** A size in whole megabytes, from the least that the engine takes. */
  function size(attribute: string, value: unknown, leastMb: number): string | undefined {
    if (value === undefined || value === null || value === 0 || value === "0") return undefined;
    const bytes = composeBytes(value);
    if (bytes === undefined) {
      note("lost", `services.${name}.${attribute}`, 'is no size: write it as "512mb"');
      return undefined;
    }
    const mb = Math.max(leastMb, Math.ceil(bytes / megabyte));
    if (mb * megabyte !== bytes)
      note("changed", `services.${name}.${attribute}`, `is ${mb}mb here: sizes are whole megabytes`);
    return mb % 1024 === 0 ? `${mb / 1024}gb` : `${mb}mb`;
  }

  /** Compose says how much memory and swap are together. */
  function swapOf(): string | undefined {
    const value = service["memswap_limit"];
    if (value === undefined || value === 0 || value === "0") return undefined;
    if (Number(value) === -1) return "unlimited";
    const both = composeBytes(value);
    const alone = composeBytes(service["mem_limit"] ?? limits["memory"]);
    if (both === undefined || alone === undefined || both < alone) {
      note("lost", `services.${name}.memswap_limit`, "is no size above that of the memory");
      return undefined;
    }
    return `${Math.ceil((both - alone) / megabyte)}mb`;
  }

  function ulimitsOf(): PlainOption | undefined {
    const entries = Object.entries((service["ulimits"] ?? {}) as Record<string, unknown>).flatMap(
      ([limit, said]): [string, PlainOption][] => {
        const { soft = said, hard = said } = (typeof said === "object" ? said : {}) as Record<
          string,
          unknown
        >;
        const [softValue, hardValue] = [ulimit(soft), ulimit(hard)];
        if (!ulimits.has(limit) || softValue === undefined || hardValue === undefined) {
          note("lost", `services.${name}.ulimits.${limit}`, "is no limit that a declaration can say");
          return [];
        }
        return [[limit, softValue === hardValue ? softValue : { soft: softValue, hard: hardValue }]];
      },
    );
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
}

function ulimit(value: unknown): number | "unlimited" | undefined {
  const number = Number(value);
  if (!Number.isInteger(number) || number < -1) return undefined;
  return number === -1 ? "unlimited" : number;
}

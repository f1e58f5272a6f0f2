import { ulimitNames } from "../../model/container/resources.ts";
import type { Report } from "../read/note.ts";
import { composeBytes } from "../read/compose-bytes.ts";
import type { Kinded } from "./kinds.ts";
import type { PlainOption } from "./translation.ts";

const megabyte = 1024 ** 2;
const inDeploy = {
  limits: new Set(["cpus", "memory", "pids"]),
  // docker compose itself does nothing with reserved CPUs and resources of a swarm's nodes; devices are GPUs.
  reservations: new Set(["cpus", "memory", "generic_resources", "devices"]),
} as const;

/** What a service may use of the machine, by its own attributes or by those of `deploy`. Undefined where nothing is said. */
export function resourcesOf({ name, service }: Kinded, note: Report): PlainOption | undefined {
  const { limits = {}, reservations = {} } = (service.deploy?.["resources"] ?? {}) as Record<
    string,
    Record<string, unknown>
  >;
  for (const [kind, said] of Object.entries({ limits, reservations }))
    for (const key of Object.keys(said))
      if (!key.startsWith("x-") && !inDeploy[kind as keyof typeof inDeploy].has(key))
        note("lost", `services.${name}.deploy.resources.${kind}.${key}`, "is no limit that phasegate sets");
  const memory = size("mem_limit", service["mem_limit"] ?? limits["memory"], 6);
  const resources = {
    memory,
    swap: memory === undefined ? undefined : swapOf(),
    memoryReservation: size("mem_reservation", service["mem_reservation"] ?? reservations["memory"], 1),
    cpus: cpusOf(),
    pids: pidsOf(),
    shmSize: size("shm_size", service["shm_size"], 1),
    ulimits: ulimitsOf(),
  };
  return Object.values(resources).every((value) => value === undefined) ? undefined : resources;

  /** A size in whole megabytes, from the least that the engine takes. */
  function size(attribute: string, value: unknown, leastMb: number): string | undefined {
    if (isNone(value)) return undefined;
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
    if (isNone(value)) return undefined;
    if (Number(value) === -1) return "unlimited";
    const both = composeBytes(value);
    const alone = composeBytes(service["mem_limit"] ?? limits["memory"]);
    if (both === undefined || alone === undefined || both < alone) {
      note("lost", `services.${name}.memswap_limit`, "is no size above that of the memory");
      return undefined;
    }
    return `${Math.ceil((both - alone) / megabyte)}mb`;
  }

  /** As such, or as a quota of each period, which is a tenth of a second unless another one is said. */
  function cpusOf(): number | undefined {
    const said = service["cpus"] ?? limits["cpus"];
    const [quota, period] = [service["cpu_quota"], service["cpu_period"] ?? "100000"];
    if (!isNone(said)) return cpus("cpus", Number(said));
    if (isNone(quota) || Number(quota) === -1) {
      if (!isNone(service["cpu_period"]))
        note("lost", `services.${name}.cpu_period`, "bounds nothing without cpu_quota");
      return undefined;
    }
    return cpus("cpu_quota", microseconds(quota) / microseconds(period));
  }

  function cpus(attribute: string, number: number): number | undefined {
    if (number >= 0.01 && number <= 10_000) return Number(number.toFixed(4));
    note("lost", `services.${name}.${attribute}`, 'is no number of CPUs from 0.01 on: write it as "1.5"');
    return undefined;
  }

  function pidsOf(): number | undefined {
    const said = service["pids_limit"] ?? limits["pids"];
    if (isNone(said) || Number(said) === -1) return undefined;
    const number = Number(said);
    if (Number.isInteger(number) && number >= 1 && number <= 4_194_304) return number;
    note("lost", `services.${name}.pids_limit`, "is no number of processes from 1 on");
    return undefined;
  }

  function ulimitsOf(): PlainOption | undefined {
    const entries = Object.entries((service["ulimits"] ?? {}) as Record<string, unknown>).flatMap(
      ([limit, said]): [string, PlainOption][] => {
        const { soft = said, hard = said } = (typeof said === "object" ? said : {}) as Record<
          string,
          unknown
        >;
        const [softValue, hardValue] = [ulimit(soft), ulimit(hard)];
        if (
          !ulimitNames.some((one) => one === limit) ||
          softValue === undefined ||
          hardValue === undefined ||
          isMore(softValue, hardValue)
        ) {
          note("lost", `services.${name}.ulimits.${limit}`, "is no limit that a declaration can say");
          return [];
        }
        return [[limit, softValue === hardValue ? softValue : { soft: softValue, hard: hardValue }]];
      },
    );
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
}

/** Nothing, and 0, are no limit. */
function isNone(value: unknown): boolean {
  return value === undefined || value === null || value === "" || Number(value) === 0;
}

/** A time as compose has it for CPUs: microseconds, or with a unit. */
function microseconds(value: unknown): number {
  const [, amount = "", unit = "us"] = /^(\d+(?:\.\d+)?)(us|ms|s)?$/.exec(String(value)) ?? [];
  return amount === "" ? Number.NaN : Number(amount) * { us: 1, ms: 1000, s: 1_000_000 }[unit as "us"];
}

function ulimit(value: unknown): number | "unlimited" | undefined {
  const number = Number(value);
  if (!Number.isInteger(number) || number < -1) return undefined;
  return number === -1 ? "unlimited" : number;
}

function isMore(soft: number | "unlimited", hard: number | "unlimited"): boolean {
  return hard !== "unlimited" && (soft === "unlimited" || soft > hard);
}

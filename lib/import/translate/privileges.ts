import type { Report } from "../read/note.ts";
import type { Carrier } from "./carried.ts";
import type { Kinded } from "./kinds.ts";

/** Carries over what a service's container may do on the engine's machine. */
export function carryPrivileges({ name, service }: Kinded, carrier: Carrier, note: Report): void {
  const add = listOf("cap_add")?.map(capability);
  const drop = listOf("cap_drop")?.map(capability);
  // The engine adds after it has dropped: what is in both lists is there.
  if (add?.includes("ALL") === true)
    note("lost", `services.${name}.cap_add`, "ALL: name the capabilities that it needs");
  const added = add?.filter((one) => one !== "ALL");
  const dropped = drop?.includes("ALL") === true ? ["all"] : drop?.filter((one) => !add?.includes(one));
  const capabilities = {
    ...(added !== undefined && added.length > 0 && { add: added }),
    ...(dropped !== undefined && dropped.length > 0 && { drop: dropped }),
  };
  if (Object.keys(capabilities).length > 0)
    carrier.value(add === undefined ? "cap_drop" : "cap_add", "capabilities", capabilities);
  const security = (listOf("security_opt") ?? [])
    .map((option) => option.replace(":", "="))
    .filter((option) => !isOurOwn(option));
  if (security.length > 0) carrier.value("security_opt", "securityOptions", security);
  carrier.members("devices", "devices", devicesOf());
  carryGpus();

  function listOf(attribute: string): readonly string[] | undefined {
    const list = service[attribute] as readonly string[] | undefined | null;
    return list === undefined || list === null || list.length === 0 ? undefined : list;
  }

  /** What every container of phasegate has; what would take it away is noted. */
  function isOurOwn(option: string): boolean {
    const [, value = "true"] = /^no-new-privileges(?:=(.*))?$/.exec(option) ?? [undefined, ""];
    if (value === "") return false;
    if (value !== "true")
      note("lost", `services.${name}.security_opt`, `${option}: no container gets new privileges here`);
    return true;
  }

  /** "/dev/host:/dev/inside:rw", or the same in a mapping. */
  function devicesOf(): Readonly<Record<string, unknown>> {
    const said = (service["devices"] ?? []) as readonly unknown[];
    return Object.fromEntries(
      said.flatMap((device): readonly (readonly [string, unknown])[] => {
        const { source, target, permissions } = deviceOf(device);
        if (source === undefined) return [];
        const isUsual = permissions === undefined || permissions === "rwm";
        return [[target ?? source, isUsual ? source : { host: source, permissions }]];
      }),
    );
  }

  function carryGpus(): void {
    const said = [service["gpus"] ?? [], reservedDevices()].flat() as unknown[];
    if (said.length === 0) return;
    const wanted = said.map(gpusOf);
    const [first] = wanted;
    if (wanted.length === 1 && first !== undefined) carrier.value("gpus", "gpus", first);
    else
      note(
        "lost",
        `services.${name}.gpus`,
        "what it asks for besides GPUs by number or by id, of the engine's usual driver",
      );
  }

  function reservedDevices(): readonly unknown[] {
    const resources = service.deploy?.["resources"] as Record<string, Record<string, unknown>> | undefined;
    const devices = resources?.["reservations"]?.["devices"];
    return Array.isArray(devices) ? (devices as unknown[]) : [];
  }
}

function capability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, "");
}

interface Device {
  readonly source?: string;
  readonly target?: string | undefined;
  readonly permissions?: string | undefined;
}

function deviceOf(device: unknown): Device {
  if (typeof device !== "string") return device ?? {};
  const [source = "", second, third] = device.split(":");
  // The path in the container may be left out, and the permissions be said all the same.
  return second !== undefined && /^[rwm]+$/.test(second)
    ? { source, permissions: second }
    : { source, target: second, permissions: third };
}

/** "all", how many or which; undefined where it is a device of another kind. */
function gpusOf(said: unknown): unknown {
  if (said === "all") return "all";
  const {
    capabilities = ["gpu"],
    driver = "nvidia",
    count,
    device_ids: ids,
  } = (typeof said === "object" && said !== null ? said : { driver: "none" }) as {
    readonly capabilities?: readonly unknown[];
    readonly driver?: unknown;
    readonly count?: unknown;
    readonly device_ids?: readonly unknown[];
  };
  if (!capabilities.flat().includes("gpu") || driver !== "nvidia") return undefined;
  if (ids !== undefined) return ids.map(String);
  if (count === undefined || count === "all" || Number(count) === -1) return "all";
  return Number(count);
}

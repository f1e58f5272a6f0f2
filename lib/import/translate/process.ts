import { isIP } from "node:net";
import { declaredNameSchemas } from "../../model/container/names.ts";
import { declaredPrivilegeSchemas } from "../../model/container/privileges.ts";
import { declaredProcessSchemas } from "../../model/container/process.ts";
import type { Report } from "../read/note.ts";
import type { Kinded } from "./kinds.ts";
import type { SecretList } from "./secret-list.ts";
import type { PlainOption } from "./translation.ts";

const schemas = { ...declaredProcessSchemas, ...declaredNameSchemas, ...declaredPrivilegeSchemas };
type Option = keyof typeof schemas;

/** What runs in a service's container, and what it may do. What a declaration cannot say is noted. */
export function processOf(
  { name, service }: Kinded,
  secrets: SecretList,
  note: Report,
): Readonly<Record<string, PlainOption>> {
  const options: Record<string, PlainOption> = {};
  carry("user", "runAs", textOf(service["user"]));
  carry("working_dir", "workingDir", service["working_dir"]);
  const writes = [...(service.secrets ?? []), ...(service.configs ?? [])].length > 0;
  if (service["read_only"] === true && writes)
    note("lost", `services.${name}.read_only`, "the engine could not write its secrets and configs into it");
  else carry("read_only", "readOnly", service["read_only"] === true ? true : undefined);
  carry("stop_signal", "stopSignal", signalOf(service["stop_signal"]));
  carry("hostname", "hostname", service.hostname === "" ? undefined : service.hostname);
  carry("sysctls", "sysctls", unlessEmpty(service["sysctls"]));
  carry("labels", "labels", unlessEmpty(service["labels"], ""));
  carry("extra_hosts", "extraHosts", unlessEmpty(hostsOf(service["extra_hosts"])));
  const dns = { servers: listOf("dns"), search: listOf("dns_search"), options: listOf("dns_opt") };
  if (Object.values(dns).some((list) => list !== undefined)) carry("dns", "dns", dns);
  const add = listOf("cap_add")?.map(capability);
  const drop = listOf("cap_drop")?.map(capability);
  if (add !== undefined || drop !== undefined)
    carry("cap_add", "capabilities", {
      add,
      drop: drop?.includes("ALL") === true ? ["all"] : drop?.filter((one) => add?.includes(one) !== true),
    });
  return options;

  function carry(attribute: string, option: Option, value: unknown): void {
    if (value === undefined || value === null) return;
    const place = `services.${name}.${attribute}`;
    if (secrets.isIn(textsIn(value))) note("lost", place, "holds a secret");
    else if (!schemas[option].safeParse(value).success)
      note("lost", place, `is nothing that ${option} can say here`);
    else options[option] = value as PlainOption;
  }

  function listOf(attribute: string): readonly string[] | undefined {
    const list = service[attribute] as readonly string[] | undefined | null;
    return list === undefined || list === null || list.length === 0 ? undefined : list;
  }
}

/** Every text of a value, the names of its members among them. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [value as string];
  return Object.entries(value).flatMap(([key, member]) => [key, ...textsIn(member)]);
}

/** A user's number may be written as one. */
function textOf(user: unknown): unknown {
  return typeof user === "number" ? `${user}` : user;
}

function capability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, "");
}

function signalOf(signal: unknown): unknown {
  return typeof signal === "string" && /^[A-Z]/.test(signal) && !signal.startsWith("SIG")
    ? `SIG${signal}`
    : signal;
}

/** A mapping with all its values as texts. */
function unlessEmpty(mapping: unknown, none?: string): Readonly<Record<string, string>> | undefined {
  const entries = Object.entries((mapping ?? {}) as Record<string, string | null>);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.map(([key, value]) => [key, value ?? none ?? ""]));
}

/** Compose writes "name:address" or "name=address", and an IPv6 address perhaps in brackets. */
function hostsOf(said: unknown): unknown {
  if (!Array.isArray(said)) return said;
  return Object.fromEntries(
    (said as string[]).map((line) => {
      const [, host = line, address = ""] = /^([^=:]+)[=:](.*)$/.exec(line) ?? [];
      const bare = address.replace(/^\[(.*)\]$/, "$1");
      return [host, isIP(bare) > 0 ? bare : address];
    }),
  );
}

import { composeBytes, sizeText } from "../read/compose-bytes.ts";
import type { ComposeProject } from "../read/load-project.ts";
import type { Mount } from "../read/short-syntax.ts";
import { parseTmpfs } from "../read/short-syntax.ts";
import { isTainted, plain, shown } from "../read/taint.ts";
import type { Kinded } from "./kinds.ts";
import { dashed, free } from "./names.ts";
import type { StorageContext } from "./storage.ts";
import type { ImportedMount } from "./translation.ts";

/** The volumes of a project, as far as they are called otherwise here. */
export interface Volumes {
  /** The services that have a volume. */
  sharers(volume: string): readonly string[];
  /** What a volume that several services share is called. */
  nameOf(volume: string): string;
  /** The name on the engine of one that is made elsewhere; undefined of the project's own. */
  external(volume: string): string | undefined;
}

export function volumesOf({ volumes }: ComposeProject, services: readonly Kinded[]): Volumes {
  const names = new Map<string, string>();
  for (const volume of Object.keys(volumes))
    names.set(
      volume,
      free(dashed(volume).toLowerCase(), (name) => [...names.values()].includes(name), "-"),
    );
  const sources = ({ service }: Kinded) =>
    (service.volumes ?? []).flatMap(({ type, source }) =>
      type === "volume" && source !== undefined ? [source] : [],
    );
  return {
    sharers: (volume) =>
      services.flatMap((service) => (sources(service).includes(volume) ? [service.name] : [])),
    nameOf: (volume) => names.get(volume) ?? dashed(volume).toLowerCase(),
    external(volume) {
      const { external = false, name } = (Object.hasOwn(volumes, volume) ? volumes[volume] : undefined) ?? {};
      if (external === false) return undefined;
      return (typeof external === "object" ? external.name : undefined) ?? name ?? volume;
    },
  };
}

/** What is mounted in a service's container: volumes of its own by name, everything else by its path there. */
export interface ServiceMounts {
  readonly volumes: Readonly<Record<string, string>>;
  readonly mounts: Readonly<Record<string, ImportedMount>>;
}

export function mountsOf(
  kinded: Kinded & { readonly isReplicated: boolean },
  { project, note, shownPath, volumes }: StorageContext & { readonly volumes: Volumes },
): ServiceMounts {
  const { name, service } = kinded;
  const place = `services.${name}.volumes`;
  const own: [string, string][] = [];
  const mounts: [string, ImportedMount][] = [];
  const memory = [service.tmpfs ?? []]
    .flat()
    .map((line) => ({ ...parseTmpfs(line), at: `services.${name}.tmpfs` }));
  for (const mount of [...(service.volumes ?? []).map((one) => ({ ...one, at: place })), ...memory]) {
    const { source, target, others = [], at } = mount;
    if ([source ?? "", target].some(isTainted)) {
      note("lost", at, `${shown(source ?? "")} at ${shown(target)}: a secret has no place in a mount`);
      continue;
    }
    if (!target.startsWith("/")) {
      note("lost", at, `${source ?? mount.type}: ${target} is no absolute path`);
      continue;
    }
    if (others.length > 0) note("lost", at, `${target}: ${others.join(", ")}`);
    const translated = mounted(mount);
    if (typeof translated === "string") note("lost", at, translated);
    else if (translated?.kind === "own") own.push([translated.name, target]);
    else if (translated !== undefined) mounts.push([target, translated]);
  }
  for (const { source, target = `/${source}` } of service.configs ?? []) {
    const { file } = (Object.hasOwn(project.configs, source) ? project.configs[source] : undefined) ?? {};
    if (file !== undefined && target.startsWith("/") && !isTainted(target) && !isTainted(file))
      mounts.push([target, { kind: "hostFile", path: hostPath(file), writable: false }]);
  }
  return { volumes: Object.fromEntries(own), mounts: Object.fromEntries(mounts) };

  function mounted(
    mount: Mount,
  ): ImportedMount | { readonly kind: "own"; readonly name: string } | string | undefined {
    const { type, source, target, readOnly } = mount;
    if (type === "bind")
      return {
        kind: isFile(mount) ? "hostFile" : "hostFolder",
        path: hostPath(source ?? ""),
        writable: !readOnly,
      };
    if (type === "tmpfs") return tmpfsMount(mount);
    if (type !== "volume") return `a mount of the type ${type} at ${target}`;
    if (source === undefined) {
      note(
        "changed",
        place,
        `a volume without a name at ${target}: the container's own file system takes its place, and is as short-lived`,
      );
      return undefined;
    }
    const external = volumes.external(source);
    if (external !== undefined) return { kind: "externalVolume", name: external, readOnly };
    const others = volumes.sharers(source).filter((other) => other !== name);
    const isAgain =
      (service.volumes ?? []).filter((one) => one.type === "volume" && one.source === source).length > 1;
    if (others.length > 0 || readOnly || isAgain || kinded.isReplicated)
      return { kind: "volume", name: volumes.nameOf(source), readOnly };
    // No object of a plan keeps a member of this name.
    return { kind: "own", name: source === "__proto__" ? "proto" : source };
  }

  function tmpfsMount({ target, size, mode }: Mount): ImportedMount {
    const bytes = size === undefined ? undefined : composeBytes(plain(size));
    const text = bytes === undefined ? undefined : sizeText(Math.ceil(bytes / 1024) * 1024);
    if (size !== undefined && text === undefined)
      note("lost", place, `${target}: its size: write it as "64mb"`);
    const octal = mode?.replace(/^0(?=\d{3,4}$)/, "");
    return {
      kind: "tmpfs",
      ...(text !== undefined && { size: text }),
      ...(octal !== undefined && /^[0-7]{3,4}$/.test(octal) && { mode: octal }),
    };
  }

  /** A path of the project as declarations have it; another one stays absolute. */
  function hostPath(path: string): string {
    const relative = shownPath(path);
    return relative.startsWith("..") || path.startsWith("~") ? path : relative;
  }
}

/** Whether a file is mounted: by what is there, else by the looks of its name. */
function isFile({ hostKind, target }: Mount): boolean {
  return hostKind === undefined ? /[^/]\.[A-Za-z0-9]{1,6}$/.test(target) : hostKind === "file";
}

/** Notes what the declarations of a project's volumes say besides their names. */
export function noteVolumes(
  { volumes }: ComposeProject,
  services: readonly Kinded[],
  note: StorageContext["note"],
): void {
  for (const [name, volume] of Object.entries(volumes)) {
    const said = Object.keys(volume ?? {}).filter(
      (key) => !["name", "external", "labels"].includes(key) && !key.startsWith("x-"),
    );
    if (said.length > 0)
      note(
        "lost",
        `volumes.${name}`,
        `${said.join(", ")}: the stack makes volumes of the engine's usual kind`,
      );
  }
  const isNamed = services.some(({ service }) =>
    (service.volumes ?? []).some(
      ({ type, source }) =>
        type === "volume" && source !== undefined && volumes[source]?.external === undefined,
    ),
  );
  if (isNamed)
    note("check", "volumes", "the stack has volumes of its own: move the data over before it matters");
}

import type { Kinded } from "./kinds.ts";
import type { ComposeProject } from "../read/load-project.ts";
import type { Report } from "../read/note.ts";
import { isTainted } from "../read/taint.ts";
import type { Calls } from "./references.ts";
import type { ImportedValue } from "./translation.ts";

/** What a service's volumes and files are read with. */
export interface StorageContext {
  readonly project: ComposeProject;
  readonly calls: Calls;
  /** A path, as messages show it. */
  readonly shownPath: (path: string) => string;
  readonly note: Report;
}

/** The named volumes of a service, and where they are mounted. */
export function volumesOf(
  { name, service }: Kinded,
  { project, note, shownPath }: StorageContext,
): Readonly<Record<string, string>> {
  const result: [string, string][] = [];
  for (const { type, source, target, readOnly } of service.volumes ?? []) {
    const place = `services.${name}.volumes`;
    if (type === "bind")
      note(
        "lost",
        place,
        `${shownPath(source ?? "")} of the host at ${target}: put it into the image, or, a text, into files`,
      );
    else if ([source ?? "", target].some(isTainted))
      note("lost", place, "a volume whose name or place is a secret");
    else if (type !== "volume") note("lost", place, `a mount of the type ${type} at ${target}`);
    else if (source === undefined)
      note(
        "lost",
        place,
        `a volume without a name at ${target}: the container's own file system takes its place`,
      );
    else if (!target.startsWith("/")) note("lost", place, `${source}: ${target} is no absolute path`);
    else {
      if (readOnly) note("changed", place, `${source} can be written to`);
      const others = sharers(project.services, source).filter((other) => other !== name);
      if (others.length > 0)
        note(
          "lost",
          place,
          `${source} is shared with ${others.join(", ")}: here each service has a volume of its own`,
        );
      if (isExternal(project.volumes[source]))
        note("lost", place, `${source} is made outside of the project: here it is a new volume`);
      // No object of a plan keeps a member of this name.
      result.push([source === "__proto__" ? "proto" : source, target]);
    }
  }
  return Object.fromEntries(result);
}

function sharers(services: StorageContext["project"]["services"], volume: string): string[] {
  return Object.entries(services).flatMap(([name, { volumes = [] }]) =>
    volumes.some(({ type, source }) => type === "volume" && source === volume) ? [name] : [],
  );
}

function isExternal(volume: { readonly external?: unknown } | null | undefined): boolean {
  return volume?.external !== undefined && volume.external !== false;
}

/** The secrets and configs of a service, as files in its container. */
export function filesOf(
  kinded: Kinded,
  context: StorageContext,
): Readonly<Record<string, readonly ImportedValue[]>> {
  return { ...secretFiles(kinded, context), ...configFiles(kinded, context) };
}

function secretFiles({ name, service }: Kinded, { project, calls, note }: StorageContext) {
  const files: [string, readonly ImportedValue[]][] = [];
  for (const { source, target = source } of service.secrets ?? []) {
    if (isTainted(target)) {
      note("lost", `services.${name}.secrets`, `${source}: its place is a secret`);
      continue;
    }
    const declared = Object.hasOwn(project.secrets, source) ? project.secrets[source] : undefined;
    if (declared === undefined) {
      note("lost", `services.${name}.secrets`, `there is no secret ${source} in the file`);
      continue;
    }
    const secret = calls.secrets.file(source, `secrets.${source}`);
    files.push([
      target.startsWith("/") ? target : `/run/secrets/${target}`,
      [{ kind: "secret", name: secret }],
    ]);
  }
  return Object.fromEntries(files);
}

function configFiles({ name, service }: Kinded, { project, calls, note, shownPath }: StorageContext) {
  const files: [string, readonly ImportedValue[]][] = [];
  for (const { source, target = `/${source}` } of service.configs ?? []) {
    const place = `services.${name}.configs`;
    const declared = Object.hasOwn(project.configs, source) ? project.configs[source] : undefined;
    const text = declared?.content;
    if (isTainted(target)) note("lost", place, `${source}: its place is a secret`);
    else if (text === undefined)
      note(
        "lost",
        place,
        `${source}${declared?.file === undefined ? "" : `, of ${shownPath(declared.file)}`}: write its text into files, at ${target}`,
      );
    else if (calls.secrets.isIn(text))
      note("lost", place, `${source} holds a secret: write its parts into files, at ${target}`);
    else if (!target.startsWith("/")) note("lost", place, `${source}: ${target} is no absolute path`);
    else files.push([target, [{ kind: "text", text }]]);
  }
  return Object.fromEntries(files);
}

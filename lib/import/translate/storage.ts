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

/** The secrets and configs of a service, as files in its container. */
export function filesOf(
  kinded: Kinded,
  context: StorageContext,
): Readonly<Record<string, readonly ImportedValue[]>> {
  return { ...secretFiles(kinded, context), ...configFiles(kinded, context) };
}

function secretFiles({ name, service }: Kinded, { project, calls, note }: StorageContext) {
  const files: [string, readonly ImportedValue[]][] = [];
  for (const { source, target = source, owned } of service.secrets ?? []) {
    if (owned)
      note(
        "lost",
        `services.${name}.secrets`,
        `${source}: its owner and its mode: the file is root's, and everybody may read it`,
      );
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

function configFiles({ name, service }: Kinded, { project, calls, note }: StorageContext) {
  const files: [string, readonly ImportedValue[]][] = [];
  for (const { source, target = `/${source}`, owned } of service.configs ?? []) {
    if (owned) note("lost", `services.${name}.configs`, `${source}: its owner and its mode`);
    const place = `services.${name}.configs`;
    const declared = Object.hasOwn(project.configs, source) ? project.configs[source] : undefined;
    const text = declared?.content;
    if (isTainted(target)) note("lost", place, `${source}: its place is a secret`);
    // What is in a file of the host is mounted: see mounts.ts.
    else if (declared?.file !== undefined) continue;
    else if (text === undefined) note("lost", place, `${source}: write its text into files, at ${target}`);
    else if (calls.secrets.isIn(text))
      note("lost", place, `${source} holds a secret: write its parts into files, at ${target}`);
    else if (!target.startsWith("/")) note("lost", place, `${source}: ${target} is no absolute path`);
    else files.push([target, [{ kind: "text", text }]]);
  }
  return Object.fromEntries(files);
}

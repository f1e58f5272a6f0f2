import { basename, dirname, join, resolve } from "node:path";
import { PhasegateError } from "../../core/errors.ts";
import type { ComposeFile } from "./compose-schema.ts";
import { parseComposeYaml } from "./compose-yaml.ts";
import { extendServices } from "./extend.ts";
import type { Lookup } from "./interpolate.ts";
import { interpolate } from "./interpolate.ts";
import { mergeService, withoutPlaces } from "./merge.ts";
import { readComposeFile } from "./read-compose.ts";
import type { Place, Reading } from "./reading.ts";
import { placeOf, problemAt, shownPath } from "./reading.ts";
import { refusal } from "./refusal.ts";
import { plain, shown } from "./taint.ts";
import type { ProjectSettings, ProjectVariables } from "./variables.ts";
import { variablesOf } from "./variables.ts";

/** A compose project: its files merged, extended and with all that they include. */
export interface ComposeProject {
  readonly name: string;
  readonly services: NonNullable<ComposeFile["services"]>;
  readonly volumes: NonNullable<ComposeFile["volumes"]>;
  readonly networks: NonNullable<ComposeFile["networks"]>;
  readonly secrets: NonNullable<ComposeFile["secrets"]>;
  readonly configs: NonNullable<ComposeFile["configs"]>;
  /** The variables of the project, for what passes them on to containers. */
  readonly variables: ProjectVariables;
}

const resources = ["services", "volumes", "networks", "secrets", "configs"] as const;
/** How deep files may include each other. */
const maxIncludes = 20;

/**
 * Reads a project from its files, as `docker compose -f A -f B` does: the first file's directory is the project's.
 * @throws PhasegateError PHASEGATE_COMPOSE_INVALID with every problem and its place
 */
export async function loadProject(
  reading: Reading,
  { paths, variables, name }: Pick<ProjectSettings, "paths" | "variables" | "name">,
): Promise<ComposeProject> {
  const [first] = paths;
  if (first === undefined) throw new Error("a project has at least one file");
  const absolute = paths.map((path) => resolve(reading.root, path));
  const directory = dirname(resolve(reading.root, first));
  const known = composeName(
    name ?? (await nameIn(reading, absolute, variables.lookup)) ?? basename(directory),
  );
  const lookup: Lookup = (variable) =>
    variables.lookup(variable) ?? (variable === "COMPOSE_PROJECT_NAME" ? known : undefined);
  const place = { directory, lookup };
  const file = await loadFiles(reading, absolute, place, []);
  if (reading.problems.length > 0) throw refusal(`${paths.join(", ")} cannot be imported`, reading.problems);
  const { services = {}, volumes = {}, networks = {}, secrets = {}, configs = {} } = file;
  return {
    name: known,
    services,
    volumes,
    networks,
    secrets,
    configs,
    variables: { ...variables, lookup },
  };
}

/** The name that the last of the files has for its project. What is wrong with a file is reported when all of it is read. */
async function nameIn(
  { files }: Reading,
  paths: readonly string[],
  lookup: Lookup,
): Promise<string | undefined> {
  let name: string | undefined;
  for (const path of paths) {
    const { value } = parseComposeYaml((await files.read(plain(path))) ?? "", path);
    const said = typeof value === "object" && value !== null && "name" in value ? value["name"] : undefined;
    if (typeof said === "string" && said !== "") name = interpolate(said, lookup, silent);
  }
  return name === undefined ? undefined : shown(name);
}

const silent = { problem: () => undefined, unset: () => undefined };

/** A project's name as compose has it: lower-case, without what an image's name may not hold. */
function composeName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}

async function loadFiles(
  reading: Reading,
  paths: readonly string[],
  place: Place,
  includedBy: readonly string[],
  namedAt?: string,
): Promise<ComposeFile> {
  let merged: ComposeFile = {};
  for (const path of paths) {
    if (includedBy.includes(path) || includedBy.length > maxIncludes)
      throw new PhasegateError(
        "PHASEGATE_COMPOSE_INVALID",
        `files include each other in a circle: ${[...includedBy, path].map((file) => shownPath(reading, file)).join(" -> ")}`,
      );
    const read = await readComposeFile(reading, path, place, namedAt);
    const services = await extendServices(reading, path, read, place);
    merged = mergeFiles(withoutPlaces(merged, read.resets), { ...read.file, ...(services && { services }) });
  }
  return await withIncluded(reading, merged, paths, place, includedBy);
}

function mergeFiles(base: ComposeFile, over: ComposeFile): ComposeFile {
  const services = { ...base.services };
  for (const [name, service] of Object.entries(over.services ?? {})) {
    const before = Object.hasOwn(services, name) ? services[name] : undefined;
    services[name] = before === undefined ? service : mergeService(before, service);
  }
  return {
    ...base,
    ...over,
    services,
    volumes: { ...base.volumes, ...over.volumes },
    networks: { ...base.networks, ...over.networks },
    secrets: { ...base.secrets, ...over.secrets },
    configs: { ...base.configs, ...over.configs },
    include: [...(base.include ?? []), ...(over.include ?? [])],
  };
}

/** What is included is read as a project of its own, with its own directory and variables, and copied in. */
async function withIncluded(
  reading: Reading,
  file: ComposeFile,
  paths: readonly string[],
  place: Place,
  includedBy: readonly string[],
): Promise<ComposeFile> {
  let result = file;
  for (const [i, { path: named, project_directory, env_file }] of (file.include ?? []).entries()) {
    const namedAt = placeOf(reading, ["include", i]);
    const included = named.map((path) => resolve(place.directory, localPath(path, namedAt)));
    const directory = resolve(place.directory, project_directory ?? dirname(included[0] ?? ""));
    const { lookup } = await variablesOf(
      reading,
      {
        paths: env_file?.map((env) => resolve(place.directory, env)) ?? [join(directory, ".env")],
        optional: env_file === undefined,
        namedAt,
      },
      place.lookup,
    );
    const other = await loadFiles(
      reading,
      included,
      { directory, lookup },
      [...includedBy, ...paths],
      namedAt,
    );
    result = copiedIn(reading, result, other, shownPath(reading, included[0] ?? ""));
  }
  return result;
}

function copiedIn(reading: Reading, file: ComposeFile, other: ComposeFile, from: string): ComposeFile {
  const result: ComposeFile = { ...file };
  for (const kind of resources) {
    const own = file[kind] ?? {};
    const theirs = other[kind] ?? {};
    for (const name of Object.keys(theirs).filter((name) => Object.hasOwn(own, name)))
      if (JSON.stringify(own[name]) !== JSON.stringify(theirs[name]))
        problemAt(reading, [kind, name], `is declared here and, otherwise, in ${from}, which is included`);
    Object.assign(result, { [kind]: { ...theirs, ...own } });
  }
  return result;
}

/** @throws PhasegateError for what is fetched from elsewhere: an import reads local files only */
function localPath(path: string, namedAt: string): string {
  if (!/^(?:[a-z+]+:\/\/|git@|oci:)/.test(path)) return path;
  throw new PhasegateError(
    "PHASEGATE_COMPOSE_INVALID",
    `${namedAt}: ${path} is not on this machine: fetch it, and include the local file`,
  );
}

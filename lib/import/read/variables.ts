import { dirname, join, resolve } from "node:path";
import { PhasegateError } from "../../core/errors.ts";
import { parseEnvFile } from "./env-file.ts";
import type { Lookup } from "./interpolate.ts";
import type { Reading } from "./reading.ts";
import { shownPath } from "./reading.ts";
import { cleaned, fromVariable, plain, secretsIn } from "./taint.ts";

/** The variables of files, over those of a project around this one, under those of the environment. */
export interface VariableFiles {
  readonly paths: readonly string[];
  /** Whether a file may be missing, as the .env that is read unasked. */
  readonly optional: boolean;
  /** The place that names the files, where one does. */
  readonly namedAt?: string;
}

/** The variables of a project, and where they are from. */
export interface ProjectVariables {
  readonly lookup: Lookup;
  /** Whether a file of variables is the one that a variable's value is from. */
  isFrom(path: string, variable: string): boolean;
  /** Whether any file of variables sets it. */
  isInFiles(variable: string): boolean;
  /** The values of the files' variables that hold secrets, whether a text has them or not. */
  secrets(): readonly string[];
}

/**
 * How the variables of a project's texts are looked up: in the environment, then in what is `outer`, then in the files,
 * the last of them first. A value of a variable whose name is that of a secret carries that name.
 * @throws PhasegateError PHASEGATE_COMPOSE_INVALID when a file that was asked for is not there
 */
export async function variablesOf(
  reading: Reading,
  { paths, optional, namedAt }: VariableFiles,
  outer: Lookup = () => undefined,
): Promise<ProjectVariables> {
  const values = new Map<string, { readonly value: string; readonly path: string }>();
  const environment: Lookup = (variable) => {
    const value = Object.hasOwn(reading.environment, variable) ? reading.environment[variable] : undefined;
    return value === undefined ? outer(variable) : fromVariable(variable, cleaned(value));
  };
  const lookup: Lookup = (variable) => environment(variable) ?? values.get(variable)?.value;
  for (const path of paths) {
    const text = await reading.files.read(plain(path));
    if (text === undefined) {
      if (optional) continue;
      throw new PhasegateError(
        "PHASEGATE_COMPOSE_INVALID",
        `${namedAt === undefined ? "" : `${namedAt}: `}there is no file of variables ${shownPath(reading, path)}`,
      );
    }
    const { entries, problems } = parseEnvFile(cleaned(text), environment, (name) => values.get(name)?.value);
    reading.problems.push(
      ...problems.map(({ line, message }) => ({ path: `${shownPath(reading, path)}:${line}`, message })),
    );
    for (const { name, value } of entries)
      if (value !== undefined) values.set(name, { value: fromVariable(name, value), path });
  }
  return {
    lookup,
    isFrom: (path, variable) => values.get(variable)?.path === path && environment(variable) === undefined,
    isInFiles: (variable) => values.has(variable),
    secrets: () => secretsIn([...values.values()]),
  };
}

/** What the command line, the environment and .env say of a project, before its files are read. */
export interface ProjectSettings {
  readonly paths: readonly string[];
  readonly variables: ProjectVariables;
  readonly profiles: readonly string[];
  /** COMPOSE_PROJECT_NAME; it comes before the name that a file has. */
  readonly name: string | undefined;
}

/** The names that compose looks for, the best first. */
const defaultFiles = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"] as const;
const defaultOverrides = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
] as const;

/**
 * Finds a project's files, variables and profiles as compose does: what is named first, else COMPOSE_FILE and
 * COMPOSE_PROFILES of the environment or of .env, else the usual names.
 * @throws PhasegateError PHASEGATE_COMPOSE_INVALID when there is no compose file
 */
export async function projectSettings(
  reading: Reading,
  named: {
    readonly paths: readonly string[];
    readonly envFiles: readonly string[] | undefined;
    readonly profiles: readonly string[];
  },
): Promise<ProjectSettings> {
  const [first] = named.paths;
  const start = first === undefined ? reading.root : dirname(resolve(reading.root, first));
  const chosen = setting(reading.environment["COMPOSE_ENV_FILES"])?.split(",");
  const envFiles = named.envFiles ?? chosen;
  const filesOf = (directories: readonly string[]): VariableFiles => ({
    paths:
      envFiles?.map((file) => resolve(reading.root, file)) ??
      directories.map((directory) => join(directory, ".env")),
    optional: envFiles === undefined,
  });
  const isOff =
    envFiles === undefined && /^(?:1|t|true)$/i.test(reading.environment["COMPOSE_DISABLE_ENV_FILE"] ?? "");
  const before = isOff ? { paths: [], optional: true } : filesOf([start]);
  let variables = await variablesOf(reading, before);
  const said = (variable: string) => setting(variables.lookup(variable));
  const paths =
    first === undefined
      ? (said("COMPOSE_FILE")?.split(said("COMPOSE_PATH_SEPARATOR") ?? ":") ?? (await usualFiles(reading)))
      : named.paths;
  const directory = dirname(resolve(reading.root, paths[0] ?? ""));
  // COMPOSE_FILE may lead elsewhere, where there is a .env of its own: the first one's variables come before its.
  if (directory !== start && !isOff && envFiles === undefined)
    variables = await variablesOf(reading, filesOf([directory, start]));
  const profiles = named.profiles.length > 0 ? named.profiles : (said("COMPOSE_PROFILES") ?? "").split(",");
  return {
    paths,
    variables,
    profiles: profiles.map((profile) => profile.trim()),
    name: said("COMPOSE_PROJECT_NAME"),
  };
}

async function usualFiles(reading: Reading): Promise<readonly string[]> {
  const found = async (names: readonly string[]): Promise<string | undefined> => {
    for (const name of names)
      if ((await reading.files.read(resolve(reading.root, name))) !== undefined) return name;
    return undefined;
  };
  const file = await found(defaultFiles);
  if (file === undefined)
    throw new PhasegateError(
      "PHASEGATE_COMPOSE_INVALID",
      `there is no ${defaultFiles.join(", ")} in ${reading.root}: name the file`,
    );
  const override = await found(defaultOverrides);
  return override === undefined ? [file] : [file, override];
}

function setting(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

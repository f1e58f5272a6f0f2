import { dirname, relative, resolve } from "node:path";
import { PhasegateError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import type { Problem } from "../../core/problem.ts";
import { zodProblems } from "../../core/zod-problems.ts";
import { mapValues } from "../../core/record.ts";
import type { ComposeFile } from "./compose-schema.ts";
import { composeSchema } from "./compose-schema.ts";
import type { Path } from "./compose-yaml.ts";
import { parseComposeYaml } from "./compose-yaml.ts";
import { cleaned } from "./hidden.ts";
import type { Lookup } from "./interpolate.ts";
import { interpolateAll } from "./interpolate.ts";
import type { Report } from "./note.ts";
import type { ProjectFiles } from "./project-files.ts";

/** What an import reads, and what it finds on the way. */
export interface Reading {
  readonly files: ProjectFiles;
  /** The directory that messages show paths from. */
  readonly root: string;
  /** The variables of the environment: they come before those of any file. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Everything that is wrong; gathered, so that it can be mended together. */
  readonly problems: Problem[];
  readonly note: Report;
}

/** A compose file, read: filled in, checked, its paths absolute. */
export interface ReadFile {
  readonly file: ComposeFile;
  readonly resets: readonly Path[];
}

/** What a directory's files are relative to, and the variables for their texts. */
export interface Place {
  readonly directory: string;
  readonly lookup: Lookup;
}

const nothing: ReadFile = { file: {}, resets: [] };

/**
 * Reads one compose file. What is wrong with it is added to the problems, and an empty file given in its place.
 * @throws PhasegateError PHASEGATE_COMPOSE_INVALID when there is no such file, or it may not be read
 */
export async function readComposeFile(reading: Reading, path: string, place: Place): Promise<ReadFile> {
  const text = await reading.files.read(path);
  const name = shownPath(reading, path);
  if (text === undefined)
    throw new PhasegateError("PHASEGATE_COMPOSE_INVALID", `there is no compose file ${name}`);
  const yaml = parseComposeYaml(cleaned(text), name);
  reading.problems.push(...yaml.problems);
  if (yaml.problems.length > 0) return nothing;

  const at = (where: Path) => `${name}:${yaml.lineOf(where)} ${where.join(".")}`;
  const before = reading.problems.length;
  const filled = interpolateAll(yaml.value, place.lookup, (where) => ({
    problem: (message) => reading.problems.push({ path: at(where), message }),
    unset: (variable) =>
      reading.note(
        "check",
        named(yaml.value, where).join("."),
        `the variable ${variable} is not set: empty in its place`,
      ),
  }));
  if (reading.problems.length > before) return nothing;
  const parsed = composeSchema.safeParse(filled ?? {});
  if (parsed.success) return { file: absolutePaths(parsed.data, place.directory), resets: yaml.resets };
  const { issues } = parsed.error;
  const found = zodProblems(parsed.error).map(({ path: where, message }, i) => {
    const line = yaml.lineOf(
      (issues[i]?.path ?? []).map((part) => (typeof part === "number" ? part : String(part))),
    );
    return { line, path: `${name}:${line} ${where}`, message };
  });
  found.sort((a, b) => a.line - b.line);
  reading.problems.push(...found.map(({ path: place, message }) => ({ path: place, message })));
  return nothing;
}

/** The place, by the name of the variable where the file has a list of NAME=value. */
function named(value: Json, where: Path): Path {
  const item = where.reduce<unknown>(
    (holder, key) => (typeof holder === "object" && holder !== null ? Reflect.get(holder, key) : undefined),
    value,
  );
  const [, name] =
    typeof item === "string" && typeof where.at(-1) === "number" ? (/^([^=\s]+)=/.exec(item) ?? []) : [];
  return name === undefined ? where : [...where.slice(0, -1), name];
}

/** A path as messages show it. */
export function shownPath({ root }: Pick<Reading, "root">, path: string): string {
  const way = relative(root, path);
  return way === "" ? "." : way;
}

/** Paths belong to the file that they stand in, wherever it is merged or extended. */
function absolutePaths(file: ComposeFile, directory: string): ComposeFile {
  const absolute = (path: string) => resolve(directory, path);
  const sources = (record: ComposeFile["secrets"]) =>
    record &&
    mapValues(record, (source) =>
      source.file === undefined ? source : { ...source, file: absolute(source.file) },
    );
  return {
    ...file,
    ...(file.services && {
      services: mapValues(file.services, (service) => ({
        ...service,
        ...(service.env_file && {
          env_file: service.env_file.map((env) => ({ ...env, path: absolute(env.path) })),
        }),
        ...(service.build && {
          build: { ...service.build, context: buildContext(service.build.context, directory) },
        }),
      })),
    }),
    ...(file.secrets && { secrets: sources(file.secrets) }),
    ...(file.configs && { configs: sources(file.configs) }),
  };
}

function buildContext(context = ".", directory: string): string {
  // A repository, or an archive on the web.
  return /^(?:[a-z+]+:\/\/|git@)/.test(context) ? context : resolve(directory, context);
}

/** The place of an included file, or of one that is extended. */
export function directoryOf(path: string): string {
  return dirname(path);
}

import { resolve } from "node:path";
import { PhasegateError } from "../../core/errors.ts";
import type { Json } from "../../core/json.ts";
import { placeText } from "../../core/problem.ts";
import { mapValues } from "../../core/record.ts";
import { zodProblems } from "../../core/zod-problems.ts";
import type { ComposeFile } from "./compose-schema.ts";
import { composeSchema } from "./compose-schema.ts";
import type { Path } from "./compose-yaml.ts";
import { parseComposeYaml } from "./compose-yaml.ts";
import { interpolateAll } from "./interpolate.ts";
import type { Place, Reading } from "./reading.ts";
import { shownPath } from "./reading.ts";
import { cleaned, plain } from "./taint.ts";

/** A compose file, read: filled in, checked, its paths absolute. */
export interface ReadFile {
  readonly file: ComposeFile;
  readonly resets: readonly Path[];
}

const nothing: ReadFile = { file: {}, resets: [] };

/**
 * Reads one compose file. What is wrong with it is added to the problems, and an empty file given in its place.
 * @param namedAt the place that names it, where it is not the command line
 * @throws PhasegateError PHASEGATE_COMPOSE_INVALID when there is no such file, or it may not be read
 */
export async function readComposeFile(
  reading: Reading,
  path: string,
  place: Place,
  namedAt?: string,
): Promise<ReadFile> {
  const text = await reading.files.read(plain(path));
  const name = shownPath(reading, path);
  if (text === undefined)
    throw new PhasegateError(
      "PHASEGATE_COMPOSE_INVALID",
      `${namedAt === undefined ? "" : `${namedAt}: `}there is no compose file ${name}`,
    );
  const yaml = parseComposeYaml(cleaned(text), name);
  reading.problems.push(...yaml.problems);
  for (const [key, line] of yaml.lines) reading.lines.set(key, `${name}:${line}`);
  if (yaml.problems.length > 0) return nothing;

  const at = (where: Path) => `${name}:${yaml.lineOf(where)} ${placeText(where)}`;
  const before = reading.problems.length;
  const filled = interpolateAll(yaml.value, place.lookup, (where) => ({
    problem: (message) => reading.problems.push({ path: at(where), message }),
    unset: (variable) => {
      const shownAt = named(yaml.value, where).join(".");
      const places = reading.unset.get(variable) ?? [];
      if (!places.includes(shownAt)) reading.unset.set(variable, [...places, shownAt]);
    },
  }));
  if (reading.problems.length > before) return nothing;
  for (const where of yaml.respelled)
    if (where[0] === "services" && where[2] === "environment")
      reading.note(
        "check",
        where.join("."),
        "is no text in the file: compose reads a number or a switch, and spells it as here; in quotes it stays as it is written",
      );
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
        ...(service.volumes && {
          volumes: service.volumes.map((mount) =>
            mount.type === "bind" && mount.source !== undefined
              ? { ...mount, source: hostPath(mount.source, directory) }
              : mount,
          ),
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

function hostPath(path: string, directory: string): string {
  // Whose home it is, is known where the containers run.
  return path.startsWith("~") ? path : resolve(directory, path);
}

function buildContext(context = ".", directory: string): string {
  // A repository, or an archive on the web.
  return /^(?:[a-z+]+:\/\/|git@)/.test(context) ? context : resolve(directory, context);
}

import type { EnvFileEntry } from "./env-file.ts";
import { parseEnvFile, parseRawEnvFile } from "./env-file.ts";
import type { Lookup } from "./interpolate.ts";
import type { ComposeProject } from "./load-project.ts";
import type { Reading } from "./reading.ts";
import { problemAt, shownPath } from "./reading.ts";
import type { Selected } from "./select-services.ts";
import { cleaned, fromVariable, isTainted, plain } from "./taint.ts";

/** A service's variables, by name. */
export type Variables = Readonly<Record<string, string>>;

/** A file of a service's variables that is there. */
export interface ServiceEnvFile {
  /** As messages show it. */
  readonly path: string;
  readonly text: string;
  readonly isRaw: boolean;
  /** Its lines as compose reads them; a variable without a value is passed on from the environment. */
  readonly entries: readonly EnvFileEntry[];
}

/** The variables that compose would set in a service's container, and where they are from. */
export interface ServiceEnvironment {
  readonly variables: Variables;
  /** Those of them, and others, that are the caller's machine's: passed on, and in no file. */
  readonly callers: readonly string[];
  /** Its files, the later over the earlier. */
  readonly envFiles: readonly ServiceEnvFile[];
}

/** What people have set on their machines for all that runs there. */
const ofMachines = /^(?:(?:https?|ftp|all|no)_proxy|TZ|LANG|LC_[A-Z]+|DISPLAY|CI|AWS_[A-Z_]+)$/i;

/**
 * The variables that compose would set in a service's container: those of its files, the later over the earlier,
 * and over them its own. One without a value is passed on from the environment.
 */
export async function serviceEnvironment(
  reading: Reading,
  { variables: { lookup, isFrom, isInFiles } }: ComposeProject,
  { name, service }: Selected,
): Promise<ServiceEnvironment> {
  const result = new Map<string, string>();
  const envFiles: ServiceEnvFile[] = [];
  const callers: string[] = [];
  const own = service.environment ?? {};
  const forFiles: Lookup = (variable) =>
    lookup(variable) ?? (Object.hasOwn(own, variable) ? (own[variable] ?? undefined) : undefined);
  for (const { path, required, format } of service.env_file ?? []) {
    const text = await reading.files.read(plain(path));
    const place = shownPath(reading, path);
    if (text === undefined) {
      if (required) problemAt(reading, ["services", name, "env_file"], `there is no file ${place}`);
      continue;
    }
    const { entries, problems } =
      format === "raw"
        ? parseRawEnvFile(cleaned(text))
        : parseEnvFile(cleaned(text), forFiles, (variable) => result.get(variable));
    reading.problems.push(...problems.map(({ line, message }) => ({ path: `${place}:${line}`, message })));
    envFiles.push({ path: place, text, isRaw: format === "raw", entries });
    for (const { name: variable, value } of entries) {
      const given = value ?? lookup(variable);
      // What texts of the project are filled in with from the same line of the same file is the same secret.
      const isSame =
        given !== undefined && isFrom(path, variable) && plain(lookup(variable) ?? "") === plain(given);
      if (given !== undefined) set(variable, isSame ? fromVariable(variable, given) : given);
    }
  }
  for (const [variable, value] of Object.entries(own)) {
    const known = value ?? lookup(variable);
    const isCallers = value === null && ofMachines.test(variable) && !isInFiles(variable);
    if (isCallers) callers.push(variable);
    if (known !== undefined) set(variable, known);
    else {
      // A file's variable of this name is not set either: compose takes the one without a value for its last word.
      result.delete(variable);
      if (!isCallers) reading.notPassedOn.set(name, (reading.notPassedOn.get(name) ?? 0) + 1);
    }
  }
  return { variables: Object.fromEntries(result), callers, envFiles };

  function set(variable: string, value: string): void {
    if (isTainted(variable))
      reading.note("lost", `services.${name}.environment`, `${variable}: its name is a secret`);
    else result.set(variable, value);
  }
}

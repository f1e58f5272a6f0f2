import { PhasegateError } from "../../core/errors.ts";
import { parseEnvFile } from "./env-file.ts";
import { cleaned, hide } from "./hidden.ts";
import type { Lookup } from "./interpolate.ts";
import { looksSecret } from "../../model/looks-secret.ts";
import type { Reading } from "./read-compose.ts";
import { shownPath } from "./read-compose.ts";

/** The variables of files, over those of a project around this one, under those of the environment. */
export interface VariableFiles {
  readonly paths: readonly string[];
  /** Whether a file may be missing, as the .env that is read unasked. */
  readonly optional: boolean;
}

/**
 * How the variables of a project's texts are looked up: in the environment, then in what is `outer`, then in the files,
 * the last of them first. A variable whose name is that of a secret gives a sign in place of its value.
 * @throws PhasegateError PHASEGATE_COMPOSE_INVALID when a file that was asked for is not there
 */
export async function variablesOf(
  reading: Reading,
  { paths, optional }: VariableFiles,
  outer: Lookup = () => undefined,
): Promise<Lookup> {
  const values = new Map<string, string>();
  const environment: Lookup = (variable) => {
    if (looksSecret(variable)) return hide(variable);
    const value = Object.hasOwn(reading.environment, variable) ? reading.environment[variable] : undefined;
    return value === undefined ? outer(variable) : cleaned(value);
  };
  for (const path of paths) {
    const text = await reading.files.read(path);
    if (text === undefined) {
      if (optional) continue;
      throw new PhasegateError(
        "PHASEGATE_COMPOSE_INVALID",
        `there is no file of variables ${shownPath(reading, path)}`,
      );
    }
    const { entries, problems } = parseEnvFile(
      cleaned(text),
      (name) => environment(name) ?? values.get(name),
    );
    reading.problems.push(
      ...problems.map(({ line, message }) => ({ path: `${shownPath(reading, path)}:${line}`, message })),
    );
    for (const { name, value } of entries) if (value !== undefined) values.set(name, value);
  }
  return (variable) => environment(variable) ?? values.get(variable);
}

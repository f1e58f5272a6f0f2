import { parseEnvFile } from "./env-file.ts";
import { cleaned, hidesSomething } from "./hidden.ts";
import type { Lookup } from "./interpolate.ts";
import type { Reading } from "./read-compose.ts";
import { shownPath } from "./read-compose.ts";
import type { Selected } from "./select-services.ts";

/** A service's variables, by name. */
export type Variables = Readonly<Record<string, string>>;

/**
 * The variables that compose would set in a service's container: those of its files, the later over the earlier,
 * and over them its own. One without a value is passed on from the environment.
 */
export async function serviceEnvironment(
  reading: Reading,
  lookup: Lookup,
  { name, service }: Selected,
): Promise<Variables> {
  const result = new Map<string, string>();
  for (const { path, required } of service.env_file ?? []) {
    const text = await reading.files.read(path);
    const place = shownPath(reading, path);
    if (text === undefined) {
      if (required)
        reading.problems.push({ path: `services.${name}.env_file`, message: `there is no file ${place}` });
      continue;
    }
    const { entries, problems } = parseEnvFile(cleaned(text), lookup);
    reading.problems.push(...problems.map(({ line, message }) => ({ path: `${place}:${line}`, message })));
    for (const entry of entries) set(entry.name, entry.value ?? lookup(entry.name));
  }
  for (const [variable, value] of Object.entries(service.environment ?? {})) {
    const known = value ?? lookup(variable);
    if (known === undefined)
      reading.note(
        "lost",
        `services.${name}.environment.${variable}`,
        "is passed on from the environment, where it is not set",
      );
    set(variable, known);
  }
  return Object.fromEntries(result);

  function set(variable: string, value: string | undefined): void {
    if (hidesSomething(variable))
      reading.note("lost", `services.${name}.environment`, `${variable}: its name is a secret`);
    else if (value !== undefined) result.set(variable, value);
  }
}

import { isDeepStrictEqual, parseEnv } from "node:util";
import { secretLike } from "../../model/plain-secrets.ts";
import type { ServiceEnvFile } from "../read/service-environment.ts";
import { plain } from "../read/taint.ts";
import type { Kinded } from "./kinds.ts";
import type { ImportedValue } from "./translation.ts";

/** A declaration reads no larger files. */
const largest = 256 * 1024;

/** The variables of a service in the declaration: those of files that it goes on reading, and its own. */
export interface KeptFiles {
  readonly envFile: readonly string[];
  readonly env: Readonly<Record<string, ImportedValue>>;
}

/**
 * Leaves variables in the files that they come from, where the declaration reads the same in them: every one of them is
 * a plain text there, none is a secret, and none becomes the URL of another service.
 */
export function keptFiles(
  { kind, service, variables, envFiles }: Kinded,
  env: Readonly<Record<string, ImportedValue>>,
): KeptFiles {
  const all: KeptFiles = { envFile: [], env };
  // The variables of a database are those of its account, which is said in options.
  if (envFiles.length === 0 || !/^(?:httpService|service|job)$/.test(kind)) return all;
  if (!envFiles.every(isKept)) return all;
  const inFiles: Readonly<Record<string, string>> = Object.assign({}, ...envFiles.map(read)) as Record<
    string,
    string
  >;
  const own = service.environment ?? {};
  for (const [variable, text] of Object.entries(inFiles)) {
    if (!Object.hasOwn(variables, variable)) return all;
    if (Object.hasOwn(own, variable)) continue;
    const value = env[variable];
    if (value?.kind !== "text" || value.text !== text) return all;
  }
  return {
    envFile: [...new Set(envFiles.map(({ path }) => path))],
    env: Object.fromEntries(
      Object.entries(env).filter(
        ([variable]) => !Object.hasOwn(inFiles, variable) || Object.hasOwn(own, variable),
      ),
    ),
  };
}

/** Whether a file is in the project, and says to a declaration what it says to compose. */
function isKept(file: ServiceEnvFile): boolean {
  const { path, text, isRaw, entries } = file;
  if (isRaw || path.startsWith("/") || path.startsWith("..") || text.length > largest) return false;
  const said = Object.fromEntries(entries.map(({ name, value }) => [name, value && plain(value)]));
  return (
    isDeepStrictEqual(said, { ...read(file) }) &&
    Object.entries(read(file)).every(([name, value]) => secretLike(name, value) === undefined)
  );
}

function read({ text }: ServiceEnvFile): Readonly<Record<string, string>> {
  return parseEnv(text) as Readonly<Record<string, string>>;
}

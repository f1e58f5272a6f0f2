import { join } from "node:path";
import { PhasegateError } from "../../lib/core/errors.ts";
import type { ImportedDeclaration, ImportOptions } from "../../lib/import/import-compose.ts";
import { importCompose } from "../../lib/import/import-compose.ts";
import type { ProjectFiles } from "../../lib/import/read/project-files.ts";

/** A directory that exists in the test's memory only. */
const root = "/project";

/** The files of a project, by their paths in it. */
export function filesOf(texts: Readonly<Record<string, string>>): ProjectFiles {
  const byPath = new Map(Object.entries(texts).map(([path, text]) => [join(root, path), text]));
  const folders = new Set(
    [...byPath.keys()].flatMap((path) => path.split("/").map((_, i, parts) => parts.slice(0, i).join("/"))),
  );
  return {
    read: (path) => Promise.resolve(byPath.get(path)),
    kindOf: (path) => Promise.resolve(byPath.has(path) ? "file" : folders.has(path) ? "folder" : undefined),
  };
}

/** Imports a project that is given as texts; one text is its compose.yaml. */
export function imported(
  project: string | Readonly<Record<string, string>>,
  options: Partial<ImportOptions> = {},
  paths: readonly string[] = ["compose.yaml"],
): Promise<ImportedDeclaration> {
  const texts = typeof project === "string" ? { "compose.yaml": project } : project;
  return importCompose(paths, { files: filesOf(texts), root, environment: {}, ...options });
}

/** The message of the error that an import ends with. */
export async function refusal(...args: Parameters<typeof imported>): Promise<string> {
  try {
    await imported(...args);
  } catch (error) {
    if (error instanceof PhasegateError && error.code === "PHASEGATE_COMPOSE_INVALID") return error.message;
    throw error;
  }
  throw new Error("the project was imported");
}

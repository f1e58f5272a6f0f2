import type { Note, Report } from "./read/note.ts";
import type { ProjectFiles } from "./read/project-files.ts";
import { newReading, readProject } from "./read/read-project.ts";
import { shownPath } from "./read/reading.ts";
import { shown } from "./read/taint.ts";
import type { NeededSecret } from "./translate/secret-list.ts";
import { translate } from "./translate/translate.ts";
import { writeDeclaration } from "./write/write-declaration.ts";

export interface ImportOptions {
  readonly files: ProjectFiles;
  /** The directory that paths are relative to, and are shown from. */
  readonly root: string;
  /** The variables of the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The declaration's name. Default: the compose project's. */
  readonly name?: string | undefined;
  /** The profiles to import besides what is in none; "*" for all. Default: COMPOSE_PROFILES. */
  readonly profiles?: readonly string[];
  /** Files of variables. Default: COMPOSE_ENV_FILES, else .env beside the first compose file, where there is one. */
  readonly envFiles?: readonly string[] | undefined;
}

/** What an import has made of a compose project. */
export interface ImportedDeclaration {
  readonly name: string;
  /** What the file exports. */
  readonly constant: string;
  /** The TypeScript file. */
  readonly source: string;
  /** What could not be carried over, works otherwise, or was guessed. Each stands in the file as a comment, too. */
  readonly notes: readonly Note[];
  /** The secrets to set before the stack can be started. */
  readonly secrets: readonly NeededSecret[];
}

/**
 * Makes a stack declaration of compose files. Reads files, and does nothing else: no engine is asked, and nothing
 * in the files is run.
 * @param named the compose files, the later over the earlier; none for those that compose would find
 * @throws PhasegateError PHASEGATE_COMPOSE_INVALID with every problem and its place
 */
export async function importCompose(
  named: readonly string[],
  { files, root, environment, name, profiles = [], envFiles }: ImportOptions,
): Promise<ImportedDeclaration> {
  const notes = new Map<string, Note>();
  const note: Report = (kind, path, message) =>
    void notes.set(JSON.stringify([kind, path, message]), {
      kind,
      path: shown(path),
      message: shown(message),
    });
  const reading = newReading({ files, root, environment, note });
  const { paths, project, services } = await readProject(reading, { paths: named, envFiles, profiles });
  const stack = translate(project, services, {
    name,
    note,
    shownPath: (path) => shownPath(reading, path),
  });
  const all = [...notes.values()];
  const { source, constant } = await writeDeclaration(stack, all, paths);
  return { name: stack.name, constant, source, notes: all, secrets: stack.secrets };
}

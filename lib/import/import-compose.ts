import { shown } from "./read/hidden.ts";
import { loadProject } from "./read/load-project.ts";
import type { Note } from "./read/note.ts";
import type { ProjectFiles } from "./read/project-files.ts";
import type { Reading } from "./read/read-compose.ts";
import { shownPath } from "./read/read-compose.ts";
import { refusal } from "./read/refusal.ts";
import type { NeededSecret } from "./translate/secret-list.ts";
import { selectServices } from "./read/select-services.ts";
import { serviceEnvironment } from "./read/service-environment.ts";
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
  /** The profiles to import besides what is in none; "*" for all. */
  readonly profiles?: readonly string[];
  /** Files of variables. Default: .env beside the first compose file, where there is one. */
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
 * @param paths the compose files, the later over the earlier
 * @throws PhasegateError PHASEGATE_COMPOSE_INVALID with every problem and its place
 */
export async function importCompose(
  paths: readonly string[],
  { files, root, environment, name, profiles = [], envFiles }: ImportOptions,
): Promise<ImportedDeclaration> {
  const notes = new Map<string, Note>();
  const note: Reading["note"] = (kind, path, message) =>
    void notes.set(JSON.stringify([kind, path, message]), {
      kind,
      path: shown(path),
      message: shown(message),
    });
  const reading: Reading = { files, root, environment, problems: [], note };
  const project = await loadProject(reading, paths, envFiles);
  const selected = selectServices(project, profiles, note);
  const services = [];
  for (const service of selected)
    services.push({ ...service, variables: await serviceEnvironment(reading, project.lookup, service) });
  if (reading.problems.length > 0) throw refusal(`${paths.join(", ")} cannot be imported`, reading.problems);
  const stack = translate(project, services, {
    name,
    note,
    shownPath: (path) => shownPath(reading, path),
  });
  const all = [...notes.values()];
  const { source, constant } = await writeDeclaration(stack, all, paths);
  return { name: stack.name, constant, source, notes: all, secrets: stack.secrets };
}

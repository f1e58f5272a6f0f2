import { access, writeFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { Command } from "commander";
import { alignColumns } from "../core/columns.ts";
import { PhasegateError } from "../core/errors.ts";
import type { ImportedDeclaration } from "../import/import-compose.ts";
import { importCompose } from "../import/import-compose.ts";
import { projectFiles } from "../import/read/project-files.ts";
import { setSecretCommand } from "../model/stack-command.ts";

interface ImportCommandOptions {
  readonly output?: string;
  readonly force?: true;
  readonly name?: string;
  readonly profile: readonly string[];
  readonly envFile?: readonly string[];
  readonly json?: true;
}

/** `phasegate import [FILE...]`: a stack declaration made of compose files. Asks no engine. */
export function importCommand(): Command {
  const gather = (value: string, before: readonly string[] = []) => [...before, value];
  return new Command("import")
    .summary("Turn compose files into a stack declaration")
    .description(
      "Turn compose files into a stack declaration, and list what could not be carried over. Needs no engine.",
    )
    .argument(
      "[files...]",
      "the compose files; later files override earlier ones (default: those that compose finds)",
    )
    .option("--output <file>", "the file to write, such as stacks/shop.ts (default: standard output)")
    .option("--force", "overwrite an existing file")
    .option("--name <name>", "the declaration's name (default: the compose project's)")
    .option(
      "--profile <name>",
      "also import the services of this profile; may be given more than once",
      gather,
      [],
    )
    .option(
      "--env-file <file>",
      "a file of variables to use instead of .env; may be given more than once",
      gather,
    )
    .option("--json", "print the declaration, the notes and the secrets to set as JSON")
    .action(async (named: readonly string[], options: ImportCommandOptions) => {
      const root = process.cwd();
      const { output, force, name, profile, envFile, json } = options;
      const target = output === undefined ? undefined : resolve(root, output);
      if (target !== undefined && force !== true && (await isThere(target)))
        throw new PhasegateError(
          "PHASEGATE_OUTPUT_EXISTS",
          `${output} exists already: give another --output, or --force to overwrite it`,
        );
      const imported = await importCompose(named, {
        files: projectFiles(root, named),
        root,
        environment: process.env,
        name,
        profiles: profile,
        envFiles: envFile,
      });
      if (target !== undefined) await writeFile(target, imported.source);
      if (json) return console.log(JSON.stringify(imported, null, 2));
      if (target === undefined) process.stdout.write(imported.source);
      console.error(reportText(imported, target && relative(root, target)));
    });
}

/** What a person reads besides the declaration itself. */
export function reportText(
  { constant, notes, secrets }: ImportedDeclaration,
  output: string | undefined,
): string {
  const lines: string[] = [];
  if (output !== undefined) lines.push(`${output} exports ${constant}. Add it to stacks/index.ts.`);
  for (const [kind, headline] of headlines) {
    const rows = notes
      .filter((note) => note.kind === kind)
      .map(({ path, message }) => [`  ${path}`, message]);
    if (rows.length > 0) lines.push("", `${headline}:`, alignColumns(rows));
  }
  if (secrets.length > 0) {
    lines.push("", "Secrets to set, with the values that they have now:");
    lines.push(
      alignColumns(secrets.map(({ name, from }) => [`  ${setSecretCommand("STACK", name)}`, `# ${from}`])),
    );
  }
  return lines.join("\n").replace(/^\n/, "");
}

const headlines = [
  ["lost", "Not carried over"],
  ["changed", "Works otherwise than under compose"],
  ["check", "Guessed, and worth a look"],
] as const;

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

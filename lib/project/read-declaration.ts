import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { errorText, PhasegateError } from "../core/errors.ts";
import type { StackDeclaration } from "../model/declaration.ts";

const index = "stacks/index.ts";

/**
 * One of the project's declarations, by the name that a stack's config gives. A file that cannot be loaded is reported with
 * its line: every command and the Pulumi program load declarations here.
 * @param root the project's folder
 * @throws PhasegateError PHASEGATE_DECLARATION_UNREADABLE, PHASEGATE_DECLARATION_UNKNOWN
 */
export async function readDeclaration(root: string, name: string): Promise<StackDeclaration> {
  try {
    const module = (await import(pathToFileURL(join(root, index)).href)) as {
      readonly declarationNamed?: (name: string) => StackDeclaration;
    };
    if (typeof module.declarationNamed !== "function")
      throw new PhasegateError(
        "PHASEGATE_DECLARATION_UNREADABLE",
        `${index} does not export the function declarationNamed(name)`,
      );
    return module.declarationNamed(name);
  } catch (error) {
    if (error instanceof PhasegateError) throw error;
    const place = (await importPlace(error)) ?? codePlace(error, join(root, "stacks"));
    const where = place === undefined ? index : `${relative(root, place.file)}${line(place)}`;
    throw new PhasegateError(
      "PHASEGATE_DECLARATION_UNREADABLE",
      `${where}: ${reason(error)}\nNothing was changed: the declarations cannot be loaded.`,
      { cause: error },
    );
  }
}

/** A line of a file. */
interface Place {
  readonly file: string;
  readonly line?: number | undefined;
}

function line({ line: number }: Place): string {
  return number === undefined ? "" : `:${number}`;
}

/** The words of the error without the paths, which say once more where it is. */
function reason(error: unknown): string {
  const text = errorText(error);
  const missing = missingImport(error);
  if (missing !== undefined) return `there is no ${missing.what} to import`;
  return error instanceof Error && error.name !== "Error" && !(error instanceof SyntaxError)
    ? `${error.name}: ${text}`
    : text;
}

/** Where the code stood that threw, or that is no code: by the first line of the stack that is in the declarations. */
function codePlace(error: unknown, stacks: string): Place | undefined {
  if (!(error instanceof Error)) return undefined;
  const places = [
    ...(error.stack ?? "").matchAll(/(file:\/\/\/[^\s():]+(?::(?=[A-Za-z/\\])[^\s():]*)?):(\d+)/g),
  ].map(([, url = "", at]) => ({ file: fileURLToPath(url), line: Number(at) }));
  // A syntax error is where it is, in whatever file that is imported.
  if (error instanceof SyntaxError) return places[0];
  return places.find(({ file }) => file.startsWith(stacks)) ?? places[0];
}

interface MissingImport {
  /** `module "./missing.ts"` or `package "no-such-package"`. */
  readonly what: string;
  readonly importer: string;
  readonly isMeant: (specifier: string) => boolean;
}

/** What Node.js could not find, as its message says. */
function missingImport(error: unknown): MissingImport | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND")
    return undefined;
  const [, kind = "", name = "", importer = ""] =
    /^Cannot find (module|package) '(.+)' imported from (.+)$/.exec(error.message) ?? [];
  if (importer === "") return undefined;
  const from = importer.startsWith("file:") ? fileURLToPath(importer) : importer;
  if (kind === "package")
    return {
      what: `package "${name}"`,
      importer: from,
      isMeant: (specifier) => specifier === name || specifier.startsWith(`${name}/`),
    };
  return {
    what: `file ${relative(dirname(from), name).replaceAll("\\", "/")}`,
    importer: from,
    isMeant: (specifier) => specifier.startsWith(".") && resolve(dirname(from), specifier) === name,
  };
}

/** Where the import stands of which nothing was found. Node.js names the file alone. */
async function importPlace(error: unknown): Promise<Place | undefined> {
  const missing = missingImport(error);
  if (missing === undefined) return undefined;
  const { importer: file, isMeant } = missing;
  const lines = (await readFile(file, "utf8").catch(() => "")).split("\n");
  const at = lines.findIndex((text) =>
    [...text.matchAll(/["'`]([^"'`]+)["'`]/g)].some(([, specifier = ""]) => isMeant(specifier)),
  );
  return { file, line: at < 0 ? undefined : at + 1 };
}

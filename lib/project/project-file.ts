import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { errorText } from "../core/errors.ts";
import type { ProjectFile } from "../model/project-file.ts";

/** What stands in a declaration is short. */
const maxBytes = 256 * 1024;

/**
 * The text of a file of the project, as a part of the declaration: for certificates, which are no secrets. A change of the
 * file is a change of the declaration. What cannot be read is reported with the place in the declaration.
 * @param path relative to the project's folder, the one with Pulumi.yaml, and inside it
 * @example httpService({ image: "api:1", port: 8443, tls: { ca: projectFile("ops/ca.pem") }, validations: {} })
 */
export function projectFile(path: string): ProjectFile {
  try {
    const root = projectFolder(process.cwd());
    const place = resolve(root, path);
    if (relative(root, place).startsWith(".."))
      return { file: path, problem: "it is outside the project's folder" };
    const { size } = statSync(place);
    if (size > maxBytes) return { file: path, problem: `it is longer than ${maxBytes / 1024} KiB` };
    return { file: path, text: readFileSync(place, "utf8") };
  } catch (error) {
    return { file: path, problem: reason(error) };
  }
}

/** The folder above with the project's Pulumi.yaml; the current one where there is none. */
function projectFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (dirname(folder) === folder) return from;
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES") return "it may not be read";
  return code === "EISDIR" ? "it is a folder" : errorText(error);
}
